"""A run's configuration, metrics and bundle in MLflow, where `--mlflow URI` asks for that.

The run's folder stays the record. MLflow gets a copy of it, step by step; what a server that cannot be reached has
missed is sent later. The package mlflow is loaded by `server` alone, and only where a URI is given.
"""

from engine.training.mlflow_tracking.errors import TrackingError
from engine.training.mlflow_tracking.follow import followed, send

__all__ = ["TrackingError", "followed", "send"]
