"""Parts of the lesson on linear regression."""
