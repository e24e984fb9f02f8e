"""Tables with a row for each image, label, object or point, whatever kind of file they come from."""
