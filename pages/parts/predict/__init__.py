"""Parts of the page that predicts uploaded images."""
