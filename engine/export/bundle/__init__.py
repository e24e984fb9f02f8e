"""A run in one zip, to be used elsewhere and imported as a run. See `contents` for what the zip holds."""
