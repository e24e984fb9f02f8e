"""Tests of `engine.plots`."""
