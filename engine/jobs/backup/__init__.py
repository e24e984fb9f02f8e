"""All datasets and runs of an app as one file, and back again: `python -m engine backup` and `restore`."""
