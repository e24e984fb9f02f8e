"""TensorBoard, when a run asks for it: what is written, step by step, and one sentence where the package is missing."""

import json
import sys
import types

import pytest

from engine.__main__ import main
from engine.config import TrainConfig
from engine.jobs.job import STOP
from engine.jobs.progress import Listener
from engine.runs import TENSORBOARD, Run
from engine.training import fastai_backend, optional_deps, trainer
from engine.training.fastai_backend import LearnerError
from tests.tiny_data import labelled

TINY = {
    "weights": "drawings", "size": 32, "batch_size": 8, "hidden": 16, "device": "cpu", "epochs": 2, "freeze_epochs": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return str(labelled(tmp_path_factory.mktemp("data") / "squares"))


@pytest.fixture
def written(monkeypatch):
    """A writer instead of TensorBoard's, which keeps what it is given: {name: [(step, value), ...]}."""
    seen = {"purged": []}

    class SummaryWriter:
        def __init__(self, log_dir, purge_step=None):
            seen["purged"].append(purge_step)

        def add_scalar(self, name, value, step):
            seen.setdefault(name, []).append((step, value))

        def close(self):
            seen["closed"] = seen.get("closed", 0) + 1

    fake = types.ModuleType("torch.utils.tensorboard")
    fake.SummaryWriter = SummaryWriter
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", fake)
    monkeypatch.setattr(optional_deps, "has_tensorboard", lambda: True)
    return seen


def _rounded(pairs):
    return [(step, pytest.approx(value, rel=1e-5)) for step, value in pairs]


def test_every_batch_and_epoch_is_written_under_the_runs_own_steps(data, tmp_path, written):
    config = TrainConfig("multi-label", data, **TINY, tensorboard=True)
    trainer.train(config, tmp_path / "run", Listener())
    run = Run(tmp_path / "run")
    losses, history = run.losses, run.history
    assert len(losses) == 6 and written["closed"] >= 2  # two phases
    assert written["batch/loss"] == _rounded(zip(losses["step"], losses["loss"], strict=True))
    assert [step for step, _ in written["batch/learning_rate"]] == list(range(1, 7))
    for name in ("train_loss", "valid_loss", "accuracy_multi"):
        assert written[f"epoch/{name}"] == _rounded(zip(history["epoch"], history[name], strict=True))
    assert written["purged"] == [None]


class _StopAfterTheFirst(Listener):
    def __init__(self, folder):
        self.folder = folder

    def epoch(self, row):
        (self.folder / STOP).touch()


def test_a_resumed_run_goes_on_where_its_curve_ended(data, tmp_path, written):
    folder = tmp_path / "run"
    trainer.train(
        TrainConfig("multi-label", data, **TINY, tensorboard=True), folder, _StopAfterTheFirst(folder)
    )
    done = len(Run(folder).history)
    written.clear()
    written["purged"] = []
    trainer.resume(folder, Listener())
    assert written["purged"] == [2 * done + 1]
    assert [step for step, _ in written["batch/loss"]] == list(range(2 * done + 1, 7))
    assert [epoch for epoch, _ in written["epoch/valid_loss"]] == list(range(done + 1, 4))


def test_without_being_asked_nothing_is_written(data, tmp_path, written):
    trainer.train(TrainConfig("multi-label", data, **TINY | {"epochs": 0}), tmp_path / "run", Listener())
    assert written == {"purged": []} and not (tmp_path / "run" / TENSORBOARD).exists()


def test_a_missing_package_is_one_sentence_before_anything_is_done(data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(optional_deps.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LearnerError, match=r"pip install tensorboard"):
        fastai_backend.board(tmp_path)
    asked = [
        "train",
        "--task",
        "multi-label",
        "--data",
        data,
        "--out",
        str(tmp_path / "run"),
        "--tensorboard",
    ]
    assert main(asked) == 2
    assert capsys.readouterr().err.strip().splitlines()[-1] == optional_deps.NO_TENSORBOARD
    assert not (tmp_path / "run").exists()


def test_the_package_itself_reads_what_was_written(data, tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    trainer.train(TrainConfig("multi-label", data, **TINY, tensorboard=True), tmp_path / "run", Listener())
    read = EventAccumulator(str(tmp_path / "run" / TENSORBOARD))
    read.Reload()
    told = [(one.step, one.value) for one in read.Scalars("batch/loss")]
    losses = Run(tmp_path / "run").losses
    assert told == _rounded(zip(losses["step"], losses["loss"], strict=True))


def test_a_configuration_from_before_has_none(data):
    record = json.loads(TrainConfig("multi-label", data).to_json())
    del record["tensorboard"]
    assert TrainConfig.from_json(json.dumps(record)) == TrainConfig("multi-label", data, tensorboard=False)
