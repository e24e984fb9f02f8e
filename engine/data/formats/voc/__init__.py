"""Pascal VOC: an XML file for each image, and lists that split the images."""
