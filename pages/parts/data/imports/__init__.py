"""Parts of the dataset page that import a dataset."""
