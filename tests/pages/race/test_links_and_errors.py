"""Lesson 6: the links to training, and what is missing or unreadable."""

import re
import shutil

import pytest

from engine import paths
from engine.experiments import loss_race
from engine.tasks import LOSSES, MULTI_LABEL, POINTS
from engine.training.presets import QUICK
from pages.parts.race import train_link
from tests.lesson_data import VOCAB, open_page, texts
from tests.pages.race.lesson import FIRST, NAMES, PAGE, drawings


@pytest.mark.parametrize("task", [MULTI_LABEL, POINTS])
def test_the_links_say_what_will_be_trained_on(task):
    assert "the images of this race" in train_link.trains_on(task, is_photographs=False)
    says = train_link.trains_on(task, is_photographs=True).replace("\\", "")
    assert QUICK[task].data in says and "not on these photographs" in says


def test_a_loss_is_carried_to_the_page_that_trains_once_it_is_there(tmp_path, monkeypatch):
    linked = []
    monkeypatch.setattr(
        train_link.st, "page_link", lambda page, **how: linked.append((page, how["query_params"]))
    )
    monkeypatch.setattr(train_link, "PAGES", tmp_path)
    train_link.show(POINTS, loss_race.lanes(POINTS))
    assert linked == []
    (tmp_path / train_link.TRAIN).touch()
    train_link.show(POINTS, loss_race.lanes(POINTS))
    assert linked == [("pages/7_Train.py", {"task": POINTS, "loss": name}) for name in LOSSES[POINTS]]


def test_the_links_hold_task_and_loss_in_their_address(monkeypatch):
    monkeypatch.setattr(train_link, "TRAIN", "8_Your_pictures.py")
    tab = "Train for real"
    for task, app in (
        (MULTI_LABEL, drawings(evidence=tab)),
        (POINTS, open_page(PAGE, kind="Drawings", race="A point", point_evidence=tab)),
    ):
        links = [one.proto.query_string for one in app.get("page_link")]
        assert [link for link in links if "loss=" in link] == [
            f"task={task}&loss={name}" for name in LOSSES[task]
        ]
        assert "about 20 seconds on two CPU cores" in texts(app)


def test_without_the_body_there_is_one_sentence_and_no_traceback(made, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "DRAWINGS_BACKBONE", tmp_path / "gone.safetensors")
    app = drawings()
    assert not app.exception
    assert any("missing" in one.value for one in app.error)


def test_an_unreadable_picture_is_named(made, monkeypatch, tmp_path):
    shutil.copytree(made / "scenes", tmp_path / "scenes")
    (tmp_path / "scenes" / "train" / "004.jpg").write_bytes(b"no picture")
    monkeypatch.setattr(paths, "SCENES", tmp_path / "scenes")
    app = drawings()
    assert not app.exception
    assert any("004" in one.value for one in app.error)


def test_labels_are_rows_under_the_heads_so_that_a_phone_shows_them_all():
    table = re.search(
        r'<div class="numbers">(.*?)</table>', texts(drawings(evidence="Another image")), re.DOTALL
    ).group(1)
    head, body = table.split("</thead>")
    assert [name for name in NAMES if f"</i>{name}</th>" in head] == FIRST
    assert re.findall(r"<tr><th[^>]*>(?:● )?(\w+)</th>", body) == list(VOCAB)
