"""Parts of the dataset page: check, look, label, split, export."""
