"""Sweeps: many runs that differ in what they are asked, and an honest comparison of the best with the defaults."""
