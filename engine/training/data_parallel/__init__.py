"""One run trained by several workers on the nodes of a Ray cluster, each on its part of every batch."""
