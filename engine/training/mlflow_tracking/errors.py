"""What can be wrong with MLflow."""


class TrackingError(RuntimeError):
    """MLflow is missing, cannot be reached or refuses; one sentence."""
