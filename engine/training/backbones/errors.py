"""The error of weights that cannot be used."""


class WeightsError(ValueError):
    """Weights that are missing, broken or made for another network; one sentence with every problem."""
