"""Objects in images: their numbers, and the one that gives an image's point."""
