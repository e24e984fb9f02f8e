"""Operating every control of every page in a real browser: see `test_every_control.py`."""
