"""The ready-to-use models for photographs, on the bundled photographs."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from engine import paths
from engine.images import open_image
from engine.inference import photo_models, photo_showcase
from engine.inference.photo_models import PhotoModelError, PhotoPrediction, load
from engine.training.photo_models import files
from tests.photo_model_files import change, copy

PHOTOGRAPHS = paths.SAMPLE_DATA / "photographs"


def prediction(task: str, name: str):
    return load(task).predict([open_image(PHOTOGRAPHS / name)])[0]


@pytest.mark.parametrize(
    ("name", "single", "several", "eyes"),
    [
        ("photographer.jpg", "tripod", ("person",), (122, 69)),
        ("astronaut.jpg", None, ("person",), (223, 97)),
        ("chelsea.jpg", "Egyptian cat", ("cat",), None),
        ("coffee.jpg", "espresso", (), None),
        ("rocket.jpg", "missile", (), None),
    ],
)
def test_the_example_photographs(name, single, several, eyes):
    one = prediction("single-label", name)
    assert one.is_familiar == (single is not None)
    assert single is None or one.labels == (single,)
    assert prediction("multi-label", name).labels == several
    point = prediction("points", name).point_px
    assert point == (pytest.approx(eyes, abs=10) if eyes else None)


@pytest.mark.parametrize("task", ["single-label", "multi-label", "points"])
def test_home_has_stored_what_the_models_predict_here(task):
    """On every processor: the same photograph gets the same numbers on Home and on Your pictures."""
    for shown in photo_showcase.stored():
        stored, live = getattr(shown, task.replace("-", "_")), prediction(task, shown.fname)
        assert stored["labels"] == list(live.labels)
        assert stored["probs"] == pytest.approx(live.probs, abs=0.002)
        assert (stored["point_px"] is None) == (live.point_px is None)
        assert stored["point_px"] is None or stored["point_px"] == pytest.approx(live.point_px, abs=0.5)


def test_a_stored_point_is_rounded_only_where_it_is_shown():
    live = PhotoPrediction((), {"face": 0.9}, point_px=(221.488, 92.3))
    assert photo_showcase._record(live)["point_px"] == [221.488, 92.3]


def test_probabilities_and_scores_belong_together():
    for task, count in (("single-label", 5), ("multi-label", len(load("multi-label").vocab)), ("points", 1)):
        found = prediction(task, "chelsea.jpg")
        assert len(found.probs) == count and all(0 <= prob <= 1 for prob in found.probs.values())
        assert found.ood_score == pytest.approx(1 - max(found.probs.values()))


def test_the_scene_labels_come_first_and_have_thresholds():
    model = load("multi-label")
    assert set(model.vocab[:12]) == set(model.settings["scene_vocab"]) and "person" in model.vocab
    assert len(model.settings["thresholds"]) == len(model.vocab)


def test_threads_share_a_model_and_its_predictions():
    image = open_image(PHOTOGRAPHS / "chelsea.jpg")
    with ThreadPoolExecutor(4) as threads:
        models = list(threads.map(lambda _: load("points"), range(4)))
        found = list(threads.map(lambda model: model.predict([image])[0], models))
    assert all(model is models[0] for model in models)
    for other in found[1:]:
        assert other.probs["face"] == pytest.approx(found[0].probs["face"], abs=1e-5)


def test_the_backbones_work_at_the_same_time(monkeypatch):
    """Each waits until the other has begun; one after the other would break the barrier."""
    model, both, run = load("multi-label"), Barrier(2), photo_models.graphs.run
    image = open_image(PHOTOGRAPHS / "chelsea.jpg")
    alone = model.predict([image])[0].logits

    def run_together(*arguments):
        both.wait(timeout=20)
        return run(*arguments)

    monkeypatch.setattr(photo_models.graphs, "run", run_together)
    monkeypatch.setattr("engine.jobs.thread_map.os.cpu_count", lambda: 2)
    assert model.predict([image])[0].logits == pytest.approx(alone, abs=1e-3)


def test_no_torch_is_loaded():
    code = (
        "import sys\nfrom PIL import Image\nfrom engine.inference.photo_models import load\n"
        "for task in ('single-label', 'multi-label', 'points'):\n"
        "    load(task).predict([Image.new('L', (90, 60)), Image.new('RGB', (60, 400))])\n"
        "print(sorted({'torch', 'timm', 'fastai'} & set(sys.modules)))"
    )
    load("multi-label")  # converts the weights, which needs torch once
    done = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_an_unknown_task_is_named():
    with pytest.raises(ValueError, match="one of single-label, multi-label, points, but is 'boxes'"):
        load("boxes")


def test_missing_and_damaged_files_are_named(tmp_path):
    with pytest.raises(PhotoModelError, match=r"multi-label\.json is missing"):
        load("multi-label", tmp_path)
    shutil.copy(files.FOLDER / "multi-label.json", tmp_path)
    with pytest.raises(PhotoModelError, match=r"multi-label\.safetensors is missing"):
        load("multi-label", tmp_path)
    (tmp_path / "multi-label.safetensors").write_bytes(b"cut off")
    with pytest.raises(PhotoModelError, match=r"multi-label\.safetensors is damaged: restore it"):
        load("multi-label", tmp_path)
    shutil.copy(files.FOLDER / "points.json", tmp_path)
    with pytest.raises(PhotoModelError, match=r"points\.safetensors is missing"):
        photo_models.load("points", tmp_path)


def test_settings_that_cannot_be_used_are_refused_before_anything_is_predicted(tmp_path):
    folder = copy(tmp_path)
    change(folder, "multi-label", {"temperature": None})
    with pytest.raises(PhotoModelError, match=r"multi-label\.json is damaged: restore it"):
        load("multi-label", folder)
