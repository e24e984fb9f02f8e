"""COCO: JSON files with images, categories and objects."""
