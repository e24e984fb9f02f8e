"""A run behind an HTTP API: `python -m engine serve --run RUN`."""
