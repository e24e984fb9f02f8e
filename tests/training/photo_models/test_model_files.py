"""Files of models: what does not belong together, is inconsistent or damaged is refused in one sentence."""

import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file

from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from engine.training.backbones import PHOTOGRAPHS
from engine.training.photo_models import files, graphs, held_out_labels, settings, sizing
from engine.training.photo_models.files import PhotoModelError
from tests import photo_model_files as models

NAN, INF = float("nan"), float("inf")
TWENTY = [f"label {number}" for number in range(20)]


@pytest.fixture
def folder(tmp_path):
    return models.copy(tmp_path)


@pytest.fixture
def small(tmp_path):
    files.write(tmp_path, MULTI_LABEL, models.LABELS, models.label_arrays())
    files.write(tmp_path, POINTS, models.POINT, models.point_arrays())
    return tmp_path


def test_a_model_comes_back_as_it_was_written(small):
    point = files.read(small, POINTS)
    assert point.items() >= {"version": files.VERSION, "task": POINTS, **models.POINT}.items()
    bias = files.read_arrays(small, point)["bias"]
    assert bias.dtype == np.float32 and bias.tolist() == [0, 1, 2]
    labels = files.read_arrays(small, files.read(small, MULTI_LABEL))["feature_labels"]
    assert labels.dtype == int and labels.tolist() == [1]


def test_the_names_and_sizes_are_those_of_the_backbones():
    assert settings.BACKBONES[MULTI_LABEL] == tuple(known.name for known in graphs.SEVERAL_LABELS_AREAS)
    assert settings.BACKBONES[SINGLE_LABEL] == settings.BACKBONES[POINTS] == (PHOTOGRAPHS.name,)
    assert settings._LEAST_AREA == (sizing._CELL * sizing._LEAST_CELLS) ** 2


@pytest.mark.parametrize("task", TASKS)
def test_the_bundled_files_belong_together(task):
    read = files.read(files.FOLDER, task)
    if task != SINGLE_LABEL:
        assert files.read_arrays(files.FOLDER, read)


@pytest.mark.parametrize("task", [MULTI_LABEL, POINTS])
def test_arrays_of_another_fit_are_refused(folder, task):
    read = files.read(folder, task)
    arrays = load_file(folder / f"{task}.safetensors")
    arrays["bias"] = arrays["bias"] + np.float32(0.5)
    (folder / f"{task}.safetensors").write_bytes(files.array_bytes(arrays))
    with pytest.raises(PhotoModelError, match=rf"{task}.safetensors does not belong to {task}.json: restore"):
        files.read_arrays(folder, read)


def test_fitting_that_is_interrupted_leaves_a_pair_that_is_refused(small, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "write_text", stop)
    arrays = models.label_arrays() | {"bias": np.full(2, 7, np.float32)}
    with pytest.raises(KeyboardInterrupt):
        files.write(small, MULTI_LABEL, models.LABELS | {"thresholds": [0.1, 0.1]}, arrays)
    with pytest.raises(PhotoModelError, match="does not belong"):
        files.read_arrays(small, files.read(small, MULTI_LABEL))


def test_held_out_predictions_of_another_fit_are_refused(folder):
    held_out_labels.read(folder)
    arrays = load_file(folder / "multi-label.safetensors")
    files.write(
        folder,
        MULTI_LABEL,
        files.read(folder, MULTI_LABEL),
        arrays | {"bias": arrays["bias"] + np.float32(1)},
    )
    with pytest.raises(
        PhotoModelError, match=r"held_out_labels.safetensors does not belong to multi-label.json"
    ):
        held_out_labels.read(folder)


@pytest.mark.parametrize("where", ["settings", "arrays"])
def test_a_number_that_is_not_finite_is_never_written(tmp_path, where):
    changed = models.LABELS | ({"measured": {"loss": NAN}} if where == "settings" else {})
    arrays = models.label_arrays() | ({"bias": np.full(2, NAN)} if where == "arrays" else {})
    with pytest.raises(ValueError):
        files.write(tmp_path, MULTI_LABEL, changed, arrays)
    assert list(tmp_path.iterdir()) == []


WRONG = [
    *((MULTI_LABEL, name, value) for name, values in {
        "vocab": [None, 5, "abcdefghijklmnopqrst", [], {}, [1] * 20, ["dog"] * 20, [["a"]] * 20, TWENTY[1:], [" "]],
        "thresholds": [None, [], {}, "0.5", [0.5] * 19, [0.5] * 21, [NAN] * 20, ["0.4"] * 20, [5] * 20, [[0.5]] * 20],
        "temperature": [None, 0, -1, NAN, INF, "1", True, [], 1e300],
        "backbones": [
            None, 5, [], {}, {"x": 1}, {"photographs": 150528}, {"drawings": 150528},
            {"photographs-large": 110592, "photographs": 150528},
            *({"photographs": area, "photographs-large": 110592} for area in (0, -5, "big", 1000, 1e9, 10**9, None)),
        ],
        "arrays_sha256": [None, "", "0" * 63, 0],
        "version": [None, "2", [], NAN],
    }.items() for value in values),
    *((SINGLE_LABEL, name, value) for name, values in {
        "vocab": [None, "abc", [], TWENTY, [1] * 1000, ["a"] * 1000],
        "temperature": [None, 0, NAN],
        "least_probability": [None, "abc", -1, 2, NAN],
        "backbones": [None, {}, {"photographs": 1}],
    }.items() for value in values),
    *((POINTS, name, value) for name, values in {
        "threshold": [None, "abc", [], -1, NAN, 1e9],
        "area": [None, "abc", [], 0, -1, NAN, 1e9, 10**9, 50176.5],
        "backbones": [None, {}, {"photographs-large": 50176}],
    }.items() for value in values),
]  # fmt: skip


@pytest.mark.parametrize(("task", "name", "value"), WRONG)
def test_a_setting_that_cannot_be_used_is_damage(tmp_path, task, name, value):
    shutil.copy(files.FOLDER / f"{task}.json", tmp_path)
    models.change(tmp_path, task, {name: value})
    with pytest.raises(
        PhotoModelError, match=rf"^{task}\.json is damaged: restore it from the repository\.$"
    ):
        files.read(tmp_path, task)


@pytest.mark.parametrize(
    ("task", "name"),
    [
        *((MULTI_LABEL, name) for name in ("vocab", "thresholds", "temperature", "backbones", "arrays_sha256", "task")),
        *((SINGLE_LABEL, name) for name in ("vocab", "temperature", "least_probability", "backbones", "version")),
        *((POINTS, name) for name in ("threshold", "area", "arrays_sha256")),
    ],
)  # fmt: skip
def test_a_setting_that_is_missing_is_damage(tmp_path, task, name):
    shutil.copy(files.FOLDER / f"{task}.json", tmp_path)
    models.change(tmp_path, task, {}, without=(name,))
    with pytest.raises(PhotoModelError, match=rf"{task}\.json is damaged"):
        files.read(tmp_path, task)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"task": "other"}', b"[" * 200_000, b"\xff\xfe\x00"])
def test_json_that_cannot_be_read_is_damage(tmp_path, data):
    (tmp_path / "points.json").write_bytes(data)
    with pytest.raises(PhotoModelError, match=r"points.json is damaged"):
        files.read(tmp_path, POINTS)


def test_missing_and_old_files_are_named(small):
    (small / "points.safetensors").unlink()
    with pytest.raises(PhotoModelError, match=r"points.safetensors is missing"):
        files.read_arrays(small, files.read(small, POINTS))
    models.change(small, POINTS, {"version": 0})
    with pytest.raises(PhotoModelError, match=f"version 0, but this Loss Lab reads version {files.VERSION}"):
        files.read(small, POINTS)
    (small / "points.json").unlink()
    with pytest.raises(PhotoModelError, match=r"points.json is missing"):
        files.read(small, POINTS)


@pytest.mark.parametrize("data", [b"", b"cut off", b"\0" * 100])
def test_arrays_that_cannot_be_read_are_damage(small, data):
    (small / "points.safetensors").write_bytes(data)
    with pytest.raises(PhotoModelError, match=r"points.safetensors is damaged: restore it"):
        files.read_arrays(small, files.read(small, POINTS))


@pytest.mark.parametrize(
    ("name", "array"),
    [
        *((name, None) for name in models.label_arrays()),
        ("group_weights", np.zeros((2, 999))),
        ("score_weight", np.zeros(3)),
        ("bias", np.zeros((2, 1))),
        ("feature_weight", np.zeros((2560, 2))),
        ("feature_weight", np.zeros((1280, 1))),
        ("feature_labels", np.array([2])),
        ("feature_labels", np.array([-1])),
        ("feature_labels", np.array([0.0])),
        ("feature_labels", np.array([0, 1])),
    ],
)
def test_arrays_that_do_not_fit_each_other_are_damage(tmp_path, name, array):
    arrays = models.label_arrays()
    del arrays[name]
    files.write(tmp_path, MULTI_LABEL, models.LABELS, arrays if array is None else arrays | {name: array})
    with pytest.raises(PhotoModelError, match=r"multi-label.safetensors is damaged"):
        files.read_arrays(tmp_path, files.read(tmp_path, MULTI_LABEL))


def test_no_label_has_its_feature_weights_twice(tmp_path):
    twice = {"feature_weight": np.zeros((2560, 2)), "feature_labels": np.array([1, 1])}
    files.write(tmp_path, MULTI_LABEL, models.LABELS, models.label_arrays() | twice)
    with pytest.raises(PhotoModelError, match="damaged"):
        files.read_arrays(tmp_path, files.read(tmp_path, MULTI_LABEL))


def test_every_change_of_the_settings_changes_the_identity(folder):
    before = files.identity(files.read(folder, MULTI_LABEL))
    vocab = json.loads((folder / "multi-label.json").read_text())["vocab"]
    models.change(folder, MULTI_LABEL, {"vocab": [*vocab[1:], vocab[0]]})
    assert files.identity(files.read(folder, MULTI_LABEL)) != before
