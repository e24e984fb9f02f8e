"""The names of the files in the folder of an imported dataset."""

MANIFEST = "set.json"
"""Its format version, name, task and source, and how it is read; see `engine.data.formats.dataset_manifest`."""
IMAGES = "pictures"
"""A folder with the files as they were imported; absent where the dataset is read in place."""
JOURNAL = "decisions.jsonl"
"""What a person has decided about single images; see `engine.data.edits`."""
