"""Tests of `engine.inference`."""
