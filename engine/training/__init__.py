"""Training: the trainer, background launches, backbones and their weights. Importing this package loads no torch."""
