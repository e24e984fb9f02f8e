"""Training for real, on tiny pictures: three tasks, fastai's own losses, the run's folder, the command line."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from fastai.losses import BCEWithLogitsLossFlat, CrossEntropyLossFlat
from fastai.metrics import accuracy_multi
from PIL import Image

from engine.__main__ import main
from engine.config import TrainConfig
from engine.data.formats import DatasetError, load
from engine.images import open_image
from engine.inference import predict
from engine.jobs.progress import Listener
from engine.runs import Run, RunError
from engine.tasks import TASKS
from engine.training import fastai_backend, fastai_session, trainer
from engine.training.team import WorkersLostError
from tests.tiny_data import labelled, last_json, pointed

TINY = {"weights": "none", "size": 32, "epochs": 2, "batch_size": 8, "hidden": 16, "device": "cpu"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    squares = labelled(folder / "squares")
    return {"single-label": squares, "multi-label": squares, "points": pointed(folder / "points")}


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """One finished run for each task."""
    folder = tmp_path_factory.mktemp("runs")
    for task in TASKS:
        trainer.train(TrainConfig(task, str(data[task]), **TINY), folder / task, Listener())
    return {task: Run(folder / task) for task in TASKS}


def _learner(data, task):
    config = TrainConfig(task, str(data[task]), **TINY)
    dataset = load(data[task], task)
    pictures = fastai_session.decode(dataset, config, Listener())
    dls = fastai_backend.data_loaders(dataset, pictures, config)
    return fastai_backend.learner(dls, config, len(dataset.vocab) or 2), dataset


def test_fastai_picks_the_loss_from_the_target_block(data):
    losses = {task: _learner(data, task)[0].loss_func for task in TASKS}
    assert isinstance(losses["single-label"], CrossEntropyLossFlat)
    assert isinstance(losses["multi-label"], BCEWithLogitsLossFlat)
    assert isinstance(losses["points"].func, torch.nn.MSELoss)


def test_the_targets_are_those_of_the_table(data):
    learn, dataset = _learner(data, "multi-label")
    assert list(learn.dls.vocab) == list(dataset.vocab)
    targets = torch.cat([batch[1] for batch in learn.dls.valid]).cpu().numpy()
    np.testing.assert_array_equal(targets, dataset.part(valid=True).targets())


def test_points_reach_the_network_scaled_by_their_own_pictures_size(data):
    learn, dataset = _learner(data, "points")
    seen = torch.cat([batch[1] for batch in learn.dls.valid]).cpu().numpy()[:, 0]
    expected = dataset.part(valid=True).points_px() / np.array([64, 48]) * 2 - 1
    np.testing.assert_allclose(seen, expected, atol=1e-6)


@pytest.mark.parametrize("task", TASKS)
def test_a_run_keeps_all_that_readers_need(trained, task):
    run = trained[task]
    assert run.problems() == []
    assert run.history["epoch"].tolist() == [1, 2]
    assert run.history["train_loss"].notna().all()
    assert run.metrics["seconds"] > 0
    assert all((run.data / name).exists() or run.image_path(name).exists() for name in run.predictions.fnames)


@pytest.mark.parametrize("task", TASKS)
def test_prediction_gives_what_training_measured(trained, task):
    run = trained[task]
    pictures = [open_image(run.image_path(name)) for name in run.predictions.fnames]
    answers = predict.load(run).predict(pictures)
    if task == "points":
        np.testing.assert_allclose([a.point_px for a in answers], run.predictions.points_px, atol=1e-3)
    else:
        np.testing.assert_allclose([a.logits for a in answers], run.predictions.logits, atol=1e-4)
        np.testing.assert_allclose([a.probs for a in answers], run.predictions.probs, atol=1e-4)


def test_the_figures_are_fastais(trained):
    run = trained["multi-label"]
    logits, targets = (torch.from_numpy(a) for a in (run.predictions.logits, run.predictions.targets))
    expected = float(accuracy_multi(logits, targets, thresh=run.config.threshold))
    assert run.metrics["accuracy_multi"] == pytest.approx(expected, abs=1e-6)
    loss = float(BCEWithLogitsLossFlat()(logits, targets.float()))
    assert run.metrics["valid_loss"] == pytest.approx(loss, abs=1e-5)
    nothing = 1 - run.predictions.targets.mean()
    assert run.metrics["do_nothing_accuracy"] == pytest.approx(nothing)
    assert run.metrics["skill"] == pytest.approx((expected - nothing) / (1 - nothing), abs=1e-6)


def test_prediction_uses_the_thresholds_saved_with_the_run_from_then_on(trained):
    run = trained["multi-label"]
    model, picture = predict.load(run), [Image.new("RGB", (64, 48), "grey")]
    run.save_thresholds({"blue": 0.0, "red": 1.0})
    assert model.predict(picture)[0].labels == ["blue"]
    run.save_thresholds({"blue": 1.0, "red": 0.0})
    assert model.predict(picture)[0].labels == ["red"]
    run.reset_thresholds()


def test_points_are_unscaled_by_each_pictures_own_size(trained):
    model = predict.load(trained["points"])
    pictures = [Image.new("RGB", size, "grey") for size in ((640, 480), (48, 64))]
    (wide, high) = model.predict(pictures)
    np.testing.assert_allclose(wide.point_px, (wide.point_unit + 1) / 2 * [640, 480], rtol=1e-5)
    np.testing.assert_allclose(high.point_px, (high.point_unit + 1) / 2 * [48, 64], rtol=1e-5)
    assert predict.load(trained["single-label"]).predict([]) == []


def test_the_same_seed_gives_the_same_figures(data, trained, tmp_path):
    again = trainer.train(TrainConfig("points", str(data["points"]), **TINY), tmp_path / "again", Listener())
    assert again["valid_loss"] == trained["points"].metrics["valid_loss"]


def test_a_second_run_never_overwrites_a_first(trained, data):
    with pytest.raises(RunError, match="There is already a run in"):
        trainer.train(
            TrainConfig("points", str(data["points"]), **TINY), trained["points"].folder, Listener()
        )


def spoil(folder, *names: str) -> None:
    for name in names:
        (folder / "train" / name).write_bytes(b"\x89PNG\r\n\x1a\nnothing more")


@pytest.mark.parametrize("recipe", [TINY, {"recipe": "quick"}], ids=["custom", "quick"])
def test_a_run_goes_on_without_two_unreadable_images_and_names_them(tmp_path, recipe):
    broken, said = labelled(tmp_path / "broken"), []
    spoil(broken, "001.png", "005.png")
    listener = Listener()
    listener.note = said.append
    trainer.train(TrainConfig("multi-label", str(broken), **recipe), tmp_path / "run", listener)
    run = Run(tmp_path / "run")
    assert run.state == "finished" and not {"train/001.png", "train/005.png"} & set(run.images["fname"])
    (told,) = [sentence for sentence in said if sentence.startswith("Set aside 2 images.")]
    assert "001.png" in told and "005.png" in told


def test_where_most_images_are_unreadable_each_is_named_and_the_run_fails(tmp_path):
    broken = labelled(tmp_path / "broken")
    spoil(broken, *sorted(path.name for path in (broken / "train").glob("*.png"))[:-2])
    with pytest.raises(DatasetError) as caught:
        trainer.train(TrainConfig("multi-label", str(broken), **TINY), tmp_path / "run", Listener())
    assert "001.png" in str(caught.value)
    assert "005.png" in str(caught.value)
    assert Run(tmp_path / "run").status["state"] == "failed"


def test_the_command_line_trains_and_predicts(data, tmp_path, capsys):
    options = ["--weights", "none", "--size", "32", "--epochs", "1", "--batch-size", "8", "--hidden", "16"]
    out = str(tmp_path / "run")
    assert main([*train_command(data, tmp_path), *options]) == 0
    printed = capsys.readouterr()
    reached = last_json(printed.out)
    assert {"valid_loss", "accuracy_multi", "skill", "mean_average_precision", "seconds"} <= reached.keys()
    assert "epoch 1" in printed.err

    good = data["multi-label"] / "train" / "003.png"
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no image")
    table = tmp_path / "answers.csv"
    assert main(["predict", "--run", out, str(good), str(bad), "--csv", str(table)]) == 0
    printed = capsys.readouterr()
    assert "bad.jpg" in printed.err
    assert "003.png" in printed.out
    assert table.read_text().startswith("fname,labels,p(blue),p(red)")
    assert main(["predict", "--run", out, str(bad)]) == 2


def train_command(data, tmp_path) -> list[str]:
    return [
        "train",
        "--task",
        "multi-label",
        "--data",
        str(data["multi-label"]),
        "--out",
        str(tmp_path / "run"),
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", "nowhere"], "nowhere"),
        (["--lr", "99"], "lr should be"),
        (
            ["--arch", "resnet50", "--weights", "photographs"],
            "weights photographs are for tf_efficientnet_lite0 only: choose weights imagenet or none for resnet50",
        ),
        (["--arch", "resnt18", "--weights", "none"], "did you mean resnet18"),
        (["--arch", "vit_b_16", "--weights", "none"], "no pooling layer"),
        (["--arch", "vit_tiny_patch16_224", "--weights", "none"], "cannot take images of 128 px"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(data, tmp_path, capsys, arguments, sentence):
    standard = train_command(data, tmp_path)
    assert main(standard + arguments) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""


def test_predicting_without_a_run_is_one_sentence(tmp_path, capsys):
    assert main(["predict", "--run", str(tmp_path), "x.jpg"]) == 2
    assert "There is no run in" in capsys.readouterr().err


def test_imagenet_weights_without_a_network_name_what_to_use_instead(data, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr("torch.hub.urlopen", _no_network)
    standard = train_command(data, tmp_path)
    assert main([*standard, "--weights", "imagenet"]) == 2
    assert "or choose the weights photographs, which need none" in capsys.readouterr().err


def _no_network(*_, **__):
    from urllib.error import URLError

    raise URLError("no route to host")


def test_the_vocabulary_of_a_run_is_kept_in_order(trained):
    assert json.loads((trained["multi-label"].folder / "vocab.json").read_text()) == ["blue", "red"]


@pytest.mark.parametrize("arch", ["resnet50", "mobilenetv3_small_050"])
def test_any_torchvision_or_timm_architecture_answers(arch):
    """resnet50 is torchvision's, the other timm's."""
    config = TrainConfig("multi-label", "x", arch=arch, weights="none", size=64)
    network = fastai_backend.build_model(config, n_out=3).eval()
    with torch.inference_mode():
        assert network(torch.zeros(2, 3, 64, 64)).shape == (2, 3)


@pytest.mark.parametrize(("augment", "frozen"), [(True, 1 / 3), (False, 1 / 30)])
def test_progress_counts_work_not_batches(data, tmp_path, augment, frozen):
    seen = []

    class Note(Listener):
        def show(self, activity, share):
            if activity == "training":
                seen.append(share)

    config = TrainConfig(
        "multi-label", str(data["multi-label"]), weights="drawings", size=32, batch_size=8, hidden=16, device="cpu",
        epochs=1, freeze_epochs=2, augment=augment,
    )  # fmt: skip
    trainer.train(config, tmp_path / "run", Note())
    whole = 2 * frozen + 1
    spent = [frozen / 2, frozen, 1.5 * frozen, 2 * frozen, 2 * frozen + 0.5, whole]
    assert seen == pytest.approx([one / whole for one in spent])


def test_a_run_whose_workers_are_lost_waits_for_others(data, tmp_path, monkeypatch):
    def lose(*_):
        raise WorkersLostError("Connection closed by peer")

    monkeypatch.setattr(trainer, "_session", lose)
    with pytest.raises(WorkersLostError):
        trainer.train(
            TrainConfig("multi-label", str(data["multi-label"]), epochs=1), tmp_path / "run", Listener()
        )
    assert Run(tmp_path / "run").job.status.state == "running"


def test_what_was_assumed_about_values_is_told(tmp_path):
    folder = pointed(tmp_path / "shares")
    table = pd.read_csv(folder / "points.csv")
    width, height = Image.open(folder / "images" / table["fname"][0]).size
    table["x"], table["y"] = table["x"] / width, table["y"] / height
    table.to_csv(folder / "points.csv", index=False)
    told: list[str] = []

    class Told(Listener):
        def note(self, sentence):
            told.append(sentence)

    trainer.train(TrainConfig("points", str(folder), **TINY), tmp_path / "run", Told())
    assumed = [sentence for sentence in told if sentence.startswith("assumed: ")]
    assert any(one.startswith("assumed: units: ") and "--units" in one for one in assumed)
    assert not any("column: “x”" in one for one in assumed)


@pytest.mark.parametrize(("task", "flips"), [("points", False), ("multi-label", True)])
def test_better_flips_no_images_with_points(data, task, flips):
    config = TrainConfig(
        task, str(data[task]), recipe="better", size=32, device="cpu", epochs=1, batch_size=8
    )
    dataset = load(data[task], task)
    dls = fastai_backend.data_loaders(dataset, fastai_session.decode(dataset, config, Listener()), config)
    assert any("Flip" in type(one).__name__ for one in dls.train.after_batch.fs) == flips
