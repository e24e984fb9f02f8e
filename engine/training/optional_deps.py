"""Optional packages, which are not among the requirements, and what they are good for."""

import importlib.util

NO_TENSORBOARD = "TensorBoard is not installed: run “pip install tensorboard”, or train without it."
NO_MLFLOW = "MLflow is not installed: run “pip install -r requirements-mlflow.txt”, or leave --mlflow out."


def has_tensorboard() -> bool:
    """Whether the package with which TensorBoard's files are written is installed; it is not loaded."""
    return importlib.util.find_spec("tensorboard") is not None
