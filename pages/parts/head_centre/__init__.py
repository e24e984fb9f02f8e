"""Parts of the lesson on head centres."""
