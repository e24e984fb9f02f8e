"""A bundle of Loss Lab as a model of MLflow: bytes of image files in, a row of predictions for each out.

MLflow copies this file next to the bundle and runs it where Loss Lab is not installed.
"""

import runpy
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import mlflow
import pandas as pd


class BundleModel(mlflow.pyfunc.PythonModel):
    """Predicts with the network of a bundle."""

    def load_context(self, context):
        self._folder = tempfile.TemporaryDirectory()  # kept as long as the model
        with zipfile.ZipFile(context.artifacts["bundle"]) as bundle:
            bundle.extractall(self._folder.name)
        script = Path(self._folder.name) / "predict.py"
        names = runpy.run_path(str(script), run_name="loss_lab_predict")
        self._cells, self._network = names["cells"], names["Network"](script.parent)

    def predict(self, context, model_input: pd.DataFrame, params=None):
        """The cells of `predict --csv`, without the file's name, for the column `image` of a table."""
        answers = [self._network.answer(BytesIO(image)) for image in model_input["image"]]
        return pd.DataFrame([self._cells(answer) for answer in answers]).drop(columns="fname")


mlflow.models.set_model(BundleModel())
