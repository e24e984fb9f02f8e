"""Parts of the lesson on one-hot vectors."""
