"""Proposals of trained runs: the same answers that prediction gives, kept while the process works, and ordered."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageOps

from engine import paths
from engine.functional.coordinates import to_px
from engine.images import open_image
from engine.inference import image_stream, predict, pseudo_label_job, pseudo_labels
from engine.inference.pseudo_labels import ENTROPY, MARGIN, MIRROR
from engine.jobs import background
from engine.jobs.job import STOP
from engine.jobs.reporter import working
from engine.jobs.status import STOPPED
from engine.runs import RunError
from engine.synthetic import scenes
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from tests.tiny_runs import SCENE_SIZE_WH, all_three

FNAMES = tuple(f"{number} ä.png" for number in range(5))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run for each task, and a folder of drawn pictures of which one cannot be read."""
    folder = tmp_path_factory.mktemp("proposals")
    runs = all_three(folder)
    (folder / "pictures").mkdir()
    for seed, fname in enumerate(FNAMES):
        kinds = [scenes.KINDS[seed]]
        scenes.draw(scenes.spec_with(kinds, seed, SCENE_SIZE_WH)).save(folder / "pictures" / fname)
    (folder / "pictures" / "broken.png").write_bytes(b"no image")
    return folder / "pictures", runs


@pytest.fixture(autouse=True)
def own(made, tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(paths, "BUNDLED_RUNS", made[1][POINTS].folder.parent)


def proposed(made, run_task, task=None, vocab=scenes.KINDS, fnames=(*FNAMES, "broken.png")):
    """What a run proposes, asked for in this process."""
    folder, runs = made
    found = pseudo_labels.of(folder, task or run_task, vocab, runs[run_task])
    found.folder.mkdir(parents=True, exist_ok=True)
    asked = {"run": str(runs[run_task].folder), "folder": str(folder), "fnames": list(fnames), "before": 0}
    (found.folder / pseudo_labels.ASKED).write_text(json.dumps(asked))
    with working(found.job) as report:
        pseudo_label_job.propose(found.folder, report)
    return replace(found)


def answers(made, run_task):
    folder, runs = made
    model = predict.load(runs[run_task])
    return model, [open_image(folder / fname) for fname in FNAMES]


def test_what_is_proposed_is_what_prediction_answers(made):
    found = proposed(made, MULTI_LABEL)
    model, pictures = answers(made, MULTI_LABEL)
    assert tuple(found.numbers) == FNAMES
    for fname, answer in zip(FNAMES, model.predict(pictures), strict=True):
        assert found.labels(fname) == tuple(answer.labels)
        assert list(found.probs(fname).values()) == pytest.approx(
            sorted(answer.probs, reverse=True), abs=1e-5
        )


def test_only_labels_that_the_data_set_knows_are_proposed(made):
    found = proposed(made, MULTI_LABEL, vocab=("dog", "dragon"))
    assert all(set(found.labels(fname)) <= {"dog"} for fname in FNAMES)
    assert all(list(found.probs(fname)) == ["dog"] for fname in FNAMES)
    assert proposed(made, MULTI_LABEL, vocab=("dragon",)).uncertainty(ENTROPY) == {}


@pytest.mark.parametrize(("run_task", "task"), [(SINGLE_LABEL, MULTI_LABEL), (MULTI_LABEL, SINGLE_LABEL)])
def test_across_tasks_the_likeliest_label_is_proposed(made, run_task, task):
    found = proposed(made, run_task, task, vocab=("cat", "bear"))
    for fname in FNAMES:
        assert found.labels(fname) == (next(iter(found.probs(fname))),)


def test_a_point_is_proposed_in_pixels_of_the_picture_and_doubted_by_its_mirror_image(made):
    found = proposed(made, POINTS)
    model, pictures = answers(made, POINTS)
    units = model.outputs(pictures)
    turned = model.outputs([ImageOps.mirror(picture) for picture in pictures]) * [-1, 1]
    doubts = found.uncertainty(MIRROR)
    for fname, unit, other in zip(FNAMES, units, turned, strict=True):
        assert found.point(fname, (640, 480)) == pytest.approx(tuple(to_px(unit, (640, 480))), abs=1e-2)
        assert doubts[fname] == pytest.approx(np.linalg.norm(unit - other) / 2, abs=1e-4)


def test_the_most_uncertain_can_be_told_by_either_measure(made):
    found = proposed(made, MULTI_LABEL)
    by_entropy, by_margin = found.uncertainty(ENTROPY), found.uncertainty(MARGIN)
    assert set(by_entropy) == set(by_margin) == set(FNAMES)
    assert list(by_entropy.values()) != list(by_margin.values())
    single = proposed(made, SINGLE_LABEL, vocab=scenes.KINDS[:2])
    assert all(0 <= sure <= 1 for sure in single.uncertainty(ENTROPY).values())


def test_a_line_that_is_still_being_written_is_passed_over(made):
    found = proposed(made, MULTI_LABEL)
    with open(found.folder / pseudo_labels.FOUND, "a") as file:
        file.write('["torn.png", 0.1, 0.')
    assert tuple(replace(found).numbers) == FNAMES


def test_which_runs_can_propose(made):
    tasks = [run.task for run in pseudo_labels.runs_for(MULTI_LABEL, ("dog", "dragon"))]
    assert sorted(tasks) == [MULTI_LABEL, SINGLE_LABEL]
    assert pseudo_labels.runs_for(MULTI_LABEL, ("dragon",)) == []
    assert len(pseudo_labels.runs_for(SINGLE_LABEL, ())) == 2
    assert [run.task for run in pseudo_labels.runs_for(POINTS, ())] == [POINTS]


@pytest.mark.waits
def test_a_process_of_its_own_proposes_only_for_what_it_has_not_seen(made):
    found = proposed(made, MULTI_LABEL, fnames=FNAMES[:2])
    first = (found.folder / pseudo_labels.FOUND).read_text()
    pseudo_labels.ask(found, made[0], [*FNAMES, "broken.png"])
    assert found.job.is_active
    assert json.loads((found.folder / pseudo_labels.ASKED).read_text())["fnames"] == [
        *FNAMES[2:],
        "broken.png",
    ]
    deadline = time.monotonic() + 120
    while found.job.is_active and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not found.job.is_active
    assert (found.job.trouble, replace(found).asked) == ("", 6)
    assert (found.folder / pseudo_labels.FOUND).read_text().startswith(first)
    assert tuple(replace(found).numbers) == FNAMES


def test_a_run_that_cannot_answer_is_one_sentence(made, tmp_path):
    found = proposed(made, MULTI_LABEL, fnames=())
    asked = json.loads((found.folder / pseudo_labels.ASKED).read_text())
    (found.folder / pseudo_labels.ASKED).write_text(json.dumps(asked | {"run": str(tmp_path)}))
    assert background.run(found.folder, pseudo_label_job.propose, RunError) == 1
    assert "There is no run in" in found.job.trouble
    assert not found.job.is_active


def test_who_is_asked_to_stop_keeps_what_was_proposed(made, monkeypatch):
    monkeypatch.setattr(image_stream, "BATCH_SIZE", 2)
    found = proposed(made, MULTI_LABEL, fnames=())
    asked = json.loads((found.folder / pseudo_labels.ASKED).read_text()) | {"fnames": list(FNAMES)}
    (found.folder / pseudo_labels.ASKED).write_text(json.dumps(asked))
    (found.folder / STOP).touch()
    assert background.run(found.folder, pseudo_label_job.propose, RunError) == 0
    assert (found.job.state, found.job.trouble, len(replace(found).numbers)) == (STOPPED, "", 2)


def test_no_more_than_a_few_pictures_are_open_at_once(made, tmp_path, monkeypatch):
    runs = made[1]
    for number in range(40):
        Image.new("RGB", (40, 30)).save(tmp_path / f"{number}.png")
    most, model = [], predict.load(runs[MULTI_LABEL])
    predict_batch = image_stream.predict_batch
    monkeypatch.setattr(
        image_stream,
        "predict_batch",
        lambda model, images: most.append(len(images)) or predict_batch(model, images),
    )
    monkeypatch.setattr(predict, "load", lambda run: model)
    found = pseudo_labels.of(tmp_path, MULTI_LABEL, scenes.KINDS, runs[MULTI_LABEL])
    found.folder.mkdir(parents=True)
    asked = {"run": str(runs[MULTI_LABEL].folder), "folder": str(tmp_path),
             "fnames": [f"{n}.png" for n in range(40)]}  # fmt: skip
    (found.folder / pseudo_labels.ASKED).write_text(json.dumps(asked))
    with working(found.job) as report:
        pseudo_label_job.propose(found.folder, report)
    assert (sum(most), max(most)) == (40, image_stream.BATCH_SIZE)
