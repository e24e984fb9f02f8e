"""What is wrong with a sweep."""


class SweepError(ValueError):
    """A sweep that cannot be made or continued; one sentence that lists every problem."""
