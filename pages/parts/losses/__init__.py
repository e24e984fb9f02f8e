"""Parts of the lesson on binary cross-entropy and cross-entropy."""
