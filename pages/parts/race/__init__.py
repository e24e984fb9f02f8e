"""Parts of the loss race."""
