"""What a person gets to read where MLflow is missing or wrong, and a whole run on a local server that dies."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from engine import paths
from engine.__main__ import main
from engine.inference import prediction_table
from engine.runs import Run
from engine.training.mlflow_tracking import TrackingError
from engine.training.mlflow_tracking.server import Server
from tests.test_architecture import ROOT, importers

RUN = paths.BUNDLED_RUNS / "multi-label"


def test_without_the_package_a_run_is_refused_before_it_begins(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "mlflow", None)
    command = [
        "train",
        "--task",
        "multi-label",
        "--data",
        "sample_data/scenes",
        "--out",
        str(tmp_path / "run"),
    ]
    monkeypatch.chdir(ROOT)
    assert main([*command, "--mlflow", "http://localhost:5000"]) == 2
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1 and "pip install -r requirements-mlflow.txt" in printed
    assert not (tmp_path / "run").exists()


def test_an_empty_address_is_refused():
    with pytest.raises(TrackingError, match="such as http://localhost:5000"):
        Server(" ")


def test_two_modules_know_mlflow_and_one_of_them_runs_elsewhere():
    assert importers(ROOT, {"mlflow"}) == [
        "engine.training.mlflow_tracking.bundle_model",
        "engine.training.mlflow_tracking.server",
    ]


def test_without_the_option_mlflow_is_not_loaded():
    program = "import sys, engine.training.commands; print('mlflow' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


# --- with a server ----------------------------------------------------------------------------------------------


class LocalServer:
    """An MLflow server on the loopback address that can be killed and started again on the same port and files."""

    def __init__(self, folder: Path):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [
            os.environ["LOSS_LAB_MLFLOW_SERVER"],
            "server",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        command += ["--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db", "--workers", "1"]
        command += ["--artifacts-destination", str(self.folder / "artifacts")]
        environment = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"}
        with open(self.folder / "log.txt", "ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True, env=environment
            )
        end = time.monotonic() + 200
        while not self._is_up():
            assert self.process.poll() is None and time.monotonic() < end, (
                self.folder / "log.txt"
            ).read_text()
            time.sleep(0.5)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _is_up(self) -> bool:
        try:
            return urllib.request.urlopen(f"{self.uri}/health", timeout=5).status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    if "LOSS_LAB_MLFLOW_SERVER" not in os.environ:
        pytest.skip("make mlflow starts a server")
    pytest.importorskip("mlflow")
    server = LocalServer(tmp_path_factory.mktemp("mlflow"))
    yield server
    server.kill()


def _train(out: Path, uri: str, *flags: str) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "engine",
        "train",
        "--task",
        "multi-label",
        "--data",
        "sample_data/scenes",
    ]
    command += ["--size", "32", "--out", str(out), "--mlflow", uri, *flags]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _runs(local, name):
    from mlflow import MlflowClient

    client = MlflowClient(local.uri)
    experiment = client.get_experiment_by_name("Loss Lab")
    return client, client.search_runs([experiment.experiment_id], f"attributes.run_name = '{name}'")


@pytest.mark.mlflow
def test_a_run_arrives_with_its_metrics_and_a_model_that_predicts_the_same(local, tmp_path):
    out, printed = (done := _train(tmp_path / "whole", local.uri)).communicate(timeout=380)
    assert done.returncode == 0 and "Traceback" not in printed, printed
    reached = json.loads(out.splitlines()[-1])
    client, (run,) = _runs(local, "whole")
    assert run.info.status == "FINISHED" and run.data.params["size"] == "32"
    assert run.data.metrics["valid_loss"] == pytest.approx(reached["valid_loss"])
    assert run.data.tags["verdict"] == reached["verdict"]
    history = client.get_metric_history(run.info.run_id, "epoch/valid_loss")
    assert [point.step for point in history] == Run(tmp_path / "whole").history["epoch"].tolist()

    import mlflow
    import pandas as pd

    mlflow.set_tracking_uri(local.uri)
    model = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
    file = next((ROOT / "sample_data" / "scenes").rglob("*.jpg"))
    (row,) = model.predict(pd.DataFrame({"image": [file.read_bytes()]})).to_dict("records")
    from engine.images import open_image
    from engine.inference.predict import load

    image = open_image(file)
    mine = prediction_table.row(load(Run(tmp_path / "whole"), "cpu").predict([image])[0], image.size)
    assert row["labels"] == mine["labels"] and row.keys() == mine.keys()
    np.testing.assert_allclose(list(row.values())[1:], list(mine.values())[1:], atol=1e-4)


@pytest.mark.mlflow
def test_a_server_that_dies_in_mid_training_loses_nothing(local, tmp_path):
    process = _train(
        tmp_path / "killed", local.uri, "--epochs", "2", "--freeze-epochs", "4", "--weights", "drawings"
    )
    end = time.monotonic() + 380
    while len(Run(tmp_path / "killed").history if (tmp_path / "killed" / "config.json").exists() else ()) < 2:
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.1)
    local.kill()
    try:
        out, printed = process.communicate(timeout=380)
        assert process.returncode == 0 and "Traceback" not in printed, printed
        assert json.loads(out.splitlines()[-1])["verdict"]
        assert "What it lacks: python -m engine runs track" in printed
    finally:
        local.start()
    assert main(["runs", "track", str(tmp_path / "killed"), "--mlflow", local.uri]) == 0
    client, (run,) = _runs(local, "killed")
    steps = [point.step for point in client.get_metric_history(run.info.run_id, "epoch/valid_loss")]
    assert steps == [1, 2, 3, 4, 5, 6] and run.info.status == "FINISHED"
    models = client.search_logged_models([run.info.experiment_id])
    assert run.info.run_id in {model.source_run_id for model in models}


@pytest.mark.mlflow
@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:9", "nonsense://ada:secret@here", "http://ada:secret@127.0.0.1:9"]
)
def test_a_bad_address_is_one_sentence_without_the_password(uri, tmp_path, capsys, monkeypatch):
    pytest.importorskip("mlflow")
    folder = shutil.copytree(RUN, tmp_path / "mine")
    assert main(["runs", "track", str(folder), "--mlflow", uri]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.count("\n") == 1 and "secret" not in printed.err, printed.err
    assert printed.err.startswith("MLflow at ")
