"""The error of this package."""


class RunError(ValueError):
    """A run folder that cannot be used; one sentence that names every missing or broken piece."""
