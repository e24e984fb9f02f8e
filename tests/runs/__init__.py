"""Tests of `engine.runs`."""
