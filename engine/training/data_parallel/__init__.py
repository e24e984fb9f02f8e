"""One run trained by several workers on a Ray cluster, each with its part of every batch (`--workers N`)."""
