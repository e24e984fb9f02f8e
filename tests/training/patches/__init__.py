"""Tests of what reaches into private parts of torch and fastai."""
