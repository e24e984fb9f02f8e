"""Quick: a head trained to convergence on a frozen backbone's features, in seconds, without torch or fastai."""
