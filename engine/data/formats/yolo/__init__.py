"""YOLO: a text file for each image, with a line for each object."""
