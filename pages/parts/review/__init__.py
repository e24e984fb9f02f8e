"""Parts of the label review."""
