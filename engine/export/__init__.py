"""What leaves Loss Lab: the bundle that holds a run, and the run as a fastai script."""
