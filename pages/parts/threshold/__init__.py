"""Parts of the lesson on thresholds."""
