"""A run in one zip, to be used elsewhere and brought back in as a run. See `contents` for what the zip holds."""
