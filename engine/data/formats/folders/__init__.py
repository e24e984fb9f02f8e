"""Formats whose labels are in the names of folders or in files next to each image."""
