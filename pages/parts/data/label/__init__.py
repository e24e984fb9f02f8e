"""Parts of the dataset page that label images."""
