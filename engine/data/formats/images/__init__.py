"""Finding the image files that a source names."""
