"""Parts of the dataset page: check, browse, label, split, export."""
