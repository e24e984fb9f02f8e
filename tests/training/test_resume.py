"""A run that was stopped, killed or came to grief keeps what it had, and goes on as if nothing had happened."""

import os
import signal
import subprocess
import sys
import time

import pytest
import torch
from fastai.callback.schedule import Learner
from safetensors import SafetensorError
from safetensors.torch import load_file

from engine import paths, runs
from engine.__main__ import main
from engine.config import TrainConfig
from engine.data.formats import load
from engine.jobs.job import STOP, Job
from engine.jobs.progress import Listener
from engine.runs import Run, RunError
from engine.training import checkpoints, fastai_backend, fastai_session, trainer, weights
from tests.tiny_data import labelled, pointed

TINY = {"size": 32, "batch_size": 8, "hidden": 16, "device": "cpu", "dropout": 0.3}
WAYS = {
    "from scratch": TINY | {"arch": "test_resnet", "weights": "none", "epochs": 3},
    "fine-tuned": TINY | {"weights": "drawings", "epochs": 2, "freeze_epochs": 2},
    "the head alone": TINY | {"weights": "drawings", "epochs": 0, "freeze_epochs": 3, "augment": False},
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return str(labelled(tmp_path_factory.mktemp("data") / "squares"))


class _StopAfter(Listener):
    """Ask the run to stop once it has finished this many epochs."""

    def __init__(self, folder, epochs: int):
        self.folder, self.epochs = folder, epochs

    def epoch(self, row):
        if row["epoch"] == self.epochs:
            (self.folder / STOP).touch()


def _weights(folder):
    return load_file(folder / "weights.safetensors")


def _assert_same_weights(one, other):
    one, other = _weights(one), _weights(other)
    assert one.keys() == other.keys()
    for name, tensor in one.items():
        assert torch.equal(tensor, other[name]), name


@pytest.mark.parametrize("way", WAYS)
def test_a_resumed_run_ends_with_the_weights_of_one_never_interrupted(data, tmp_path, way):
    config = TrainConfig("multi-label", data, **WAYS[way])
    whole = trainer.train(config, tmp_path / "whole", Listener())
    stopped = tmp_path / "stopped"
    trainer.train(config, stopped, _StopAfter(stopped, epochs=2))
    assert Run(stopped).state == "stopped"
    assert Run(stopped).problems() == []
    assert "in epoch 3" in Run(stopped).status["message"]
    resumed = trainer.resume(stopped, Listener())
    _assert_same_weights(tmp_path / "whole", stopped)
    assert resumed["valid_loss"] == whole["valid_loss"]
    assert Run(stopped).history.equals(Run(tmp_path / "whole").history)
    assert Run(stopped).losses["loss"].tolist() == Run(tmp_path / "whole").losses["loss"].tolist()
    assert Run(stopped).state == "finished"
    assert not (stopped / checkpoints.NAME).exists()


def test_the_phases_are_fastais_fine_tune(data, tmp_path, monkeypatch):
    config = TrainConfig("multi-label", data, **TINY, weights="drawings", epochs=1, freeze_epochs=1, lr=5e-3)
    trainer.train(config, tmp_path / "ours", Listener())
    asked = []
    fit_one_cycle = Learner.fit_one_cycle
    monkeypatch.setattr(
        Learner, "fit_one_cycle", lambda learn, epochs, lr, **options: asked.append((epochs, lr, options))
    )
    dataset = load(data, "multi-label")
    dls = fastai_backend.data_loaders(dataset, fastai_session.decode(dataset, config, Listener()), config)
    fastai_backend.learner(dls, config, 2).fine_tune(
        config.epochs, base_lr=config.lr, freeze_epochs=config.freeze_epochs
    )
    monkeypatch.setattr(Learner, "fit_one_cycle", fit_one_cycle)
    expected = [(phase.epochs, phase.options) for phase in fastai_backend.phases(config)]
    assert [(epochs, {"lr_max": lr} | options) for epochs, lr, options in asked] == expected


def test_a_stop_in_the_middle_of_an_epoch_keeps_what_was_learned_until_then(data, tmp_path):
    class StopAtTheThirdBatch(Listener):
        def show(self, activity, share):
            if activity == "training" and share > 0.45:
                (tmp_path / "run" / STOP).touch()

    config = TrainConfig("multi-label", data, **WAYS["from scratch"])
    reached = trainer.train(config, tmp_path / "run", StopAtTheThirdBatch())
    run = Run(tmp_path / "run")
    assert run.state == "stopped"
    assert len(run.history) == 1
    assert reached == run.metrics
    assert not (run.folder / STOP).exists()


def test_a_stop_before_anything_was_learned_says_so(data, tmp_path):
    runs.create(TrainConfig("multi-label", data, **WAYS["from scratch"]), tmp_path / "run")
    (tmp_path / "run" / STOP).touch()
    with pytest.raises(RunError, match="before it had learned anything"):
        trainer.resume(tmp_path / "run", Listener())
    assert Run(tmp_path / "run").state == "stopped"
    assert trainer.resume(tmp_path / "run", Listener())["valid_pictures"] == 8


def test_a_stop_before_a_resumed_run_goes_on_keeps_what_it_had(data, tmp_path):
    folder = tmp_path / "run"
    trainer.train(TrainConfig("multi-label", data, **WAYS["from scratch"]), folder, _StopAfter(folder, 1))
    (folder / STOP).touch()
    with pytest.raises(RunError, match="what it had learned is kept"):
        trainer.resume(folder, Listener())
    assert Run(folder).state == "stopped" and checkpoints.load(folder).epochs == 1


def test_a_loss_that_is_no_number_is_one_sentence_and_the_last_epoch_is_kept(data, tmp_path):
    class Poison(Listener):
        def epoch(self, row):
            if row["epoch"] == 1:
                self.poisoned = True

    config = TrainConfig(
        "points", str(pointed(tmp_path / "points")), **TINY, weights="none", epochs=3, y_range=()
    )
    session_batch = fastai_session.Session.batch

    def batch(session, epoch, share, loss):
        session_batch(session, epoch, share, loss * float("nan") if epoch == 2 else loss)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fastai_session.Session, "batch", batch)
        trainer.train(config, tmp_path / "run", Poison())
    run = Run(tmp_path / "run")
    assert run.state == "stopped"
    assert run.status["message"] == (
        "The loss became nan in epoch 2: choose a learning rate below 0.003. "
        "The run keeps what it had after epoch 1."
    )
    assert run.problems() == []
    assert run.history["epoch"].tolist() == [1]


def test_weights_spoiled_by_the_last_step_of_an_epoch_are_never_kept(data, tmp_path, monkeypatch):
    """The losses of the batches were numbers all along; only the validation part tells."""
    batch = fastai_session.Session.batch

    def spoil(session, epoch, share, loss):
        batch(session, epoch, share, loss)
        if share == 2 / 3:
            with torch.no_grad():
                session.learn.model[1][-1].weight.fill_(float("nan"))

    monkeypatch.setattr(fastai_session.Session, "batch", spoil)
    trainer.train(TrainConfig("multi-label", data, **WAYS["from scratch"]), tmp_path / "run", Listener())
    run = Run(tmp_path / "run")
    assert run.status["message"].startswith("The validation loss became nan in epoch 2: choose a learning")
    assert "after epoch 1" in run.status["message"]
    assert run.history["epoch"].tolist() == [1]
    assert all(tensor.isfinite().all() for tensor in _weights(run.folder).values())


def test_a_full_disk_is_one_sentence_and_the_run_can_go_on(data, tmp_path, monkeypatch):
    config = TrainConfig("multi-label", data, **WAYS["from scratch"])
    save, calls = weights.save_file, []

    def full(tensors, path, metadata):
        calls.append(path)
        if len(calls) == 2:  # in safetensors' own words, as seen on a full tmpfs
            raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")
        save(tensors, path, metadata=metadata)

    monkeypatch.setattr(weights, "save_file", full)
    with pytest.raises(OSError, match="No space"):
        trainer.train(config, tmp_path / "run", Listener())
    run = Run(tmp_path / "run")
    assert run.status["message"] == "The disk is full: free some space, then resume the run."
    assert checkpoints.load(run.folder).epochs == 1
    assert main(["train", "--resume", str(run.folder)]) == 0
    trainer.train(config, tmp_path / "whole", Listener())
    _assert_same_weights(tmp_path / "whole", run.folder)


def test_a_run_that_has_begun_keeps_its_images_and_their_split(tmp_path):
    folder, out = labelled(tmp_path / "vanishing"), tmp_path / "run"
    config = TrainConfig("multi-label", str(folder), **WAYS["from scratch"])
    (folder / "train" / "006.png").write_bytes(b"damaged")
    trainer.train(config, out, _StopAfter(out, epochs=1))
    begun = Run(out).images["fname"].tolist()
    assert len(begun) == 23 and "train/006.png" not in begun
    image = (folder / "train" / "004.png").read_bytes()
    (folder / "train" / "004.png").unlink()
    with pytest.raises(RunError, match=r"gone or in another part: train/004\.png"):
        trainer.resume(out, Listener())
    assert "004.png" in Run(out).status["message"]
    (folder / "train" / "004.png").write_bytes(image)
    trainer.resume(out, Listener())
    assert Run(out).state == "finished" and Run(out).images["fname"].tolist() == begun


def test_what_cannot_be_resumed_says_why(data, tmp_path):
    config = TrainConfig("multi-label", data, **WAYS["from scratch"])
    runs.create(config, tmp_path / "run")
    (tmp_path / "run" / checkpoints.NAME).write_bytes(b"cut off")
    with pytest.raises(checkpoints.CheckpointError, match="delete checkpoint"):
        trainer.resume(tmp_path / "run", Listener())
    Job(tmp_path / "run").update(state="finished", message="")
    with pytest.raises(RunError, match="nothing to resume"):
        trainer.resume(tmp_path / "run", Listener())
    Job(tmp_path / "run").update(state="running", message="")
    with pytest.raises(RunError, match="running in another process"):
        trainer.resume(tmp_path / "run", Listener())


@pytest.mark.waits
def test_a_killed_process_loses_at_most_one_epoch(data, tmp_path):
    folder = tmp_path / "runs" / "killed"
    config = TrainConfig("multi-label", data, **WAYS["from scratch"] | {"epochs": 400})
    runs.create(config, folder)
    child = _child(folder)
    _wait(lambda: len(Run(folder).history) >= 2)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    told = Run(folder)
    told_before = told.history
    assert told.state == "interrupted"
    assert checkpoints.load(folder).epochs >= len(told_before) - 1 > 0
    child = _child(folder)
    _wait(lambda: Run(folder).state == "running" and len(Run(folder).history) > len(told_before))
    os.kill(child.pid, signal.SIGTERM)
    assert child.wait(60) == 0
    assert Run(folder).state == "stopped"
    assert Run(folder).history["epoch"].is_monotonic_increasing
    assert Run(folder).problems() == []


def test_a_second_command_does_not_talk_over_the_one_at_work(data, tmp_path, capsys):
    folder = tmp_path / "run"
    runs.create(TrainConfig("multi-label", data, **WAYS["from scratch"]), folder)
    for state, message in (("running", ""), ("queued", "waiting for another run")):
        Job(folder).update(state=state, message=message)
        before = (folder / "status.json").read_bytes()
        assert main(["train", "--resume", str(folder)]) == 2
        assert "running in another process" in capsys.readouterr().err
        assert (folder / "status.json").read_bytes() == before


def _child(folder):
    command = [sys.executable, "-m", "engine", "train", "--resume", str(folder)]
    return subprocess.Popen(
        command, cwd=paths.ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, stderr=subprocess.DEVNULL
    )


def _wait(holds, seconds: float = 120):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.1)


@pytest.mark.parametrize(("epochs", "says"), [(0, "starts over"), (2, "in epoch 3; it can be resumed")])
def test_a_stopped_run_says_whether_it_can_go_on(epochs, says):
    assert says in fastai_session._where_stopped(epochs)
