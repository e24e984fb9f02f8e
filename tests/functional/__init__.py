"""Tests of `engine.functional`."""
