"""The stored predictions for the example photographs: what is damaged is left out."""

import json

import pytest

from engine.inference import photo_models, photo_showcase
from engine.inference.photo_models import PhotoModelError


@pytest.fixture
def record(tmp_path, monkeypatch):
    kept = json.loads(photo_showcase.file().read_text())
    path = tmp_path / "showcase.json"
    monkeypatch.setattr(photo_showcase, "file", lambda: path)
    return kept


def stored_with(record, **changes):
    record["photographs"][0].update(changes)
    photo_showcase.file().write_text(json.dumps(record))
    return [shown.fname for shown in photo_showcase.stored()]


def test_what_is_whole_is_shown(record):
    assert stored_with(record) == list(photo_showcase.TITLES)


@pytest.mark.parametrize(
    "changes",
    [
        *({name: value} for name in ("multi_label", "single_label", "points") for value in (None, {}, [], 1)),
        *({"fname": fname} for fname in ("../../../../etc/passwd", "/etc/passwd", "", "..", None, 5, "a\0")),
        {"title": None},
        {"points": {"labels": [], "probs": {"face": 0.9}, "point_px": [1]}},
        {"points": {"labels": [], "probs": {"face": float("nan")}, "point_px": None}},
        {"points": {"labels": [], "probs": {}, "point_px": None}},
        {"multi_label": {"labels": [1], "probs": {"dog": 0.9}, "point_px": None}},
    ],
)
def test_a_photograph_whose_record_is_damaged_is_left_out(record, changes):
    assert stored_with(record, **changes) == list(photo_showcase.TITLES)[1:]


def test_a_damaged_model_is_one_sentence(capsys, monkeypatch):
    def load(_):
        raise PhotoModelError("points.json is damaged: restore it from the repository.")

    monkeypatch.setattr(photo_models, "load", load)
    assert photo_showcase.main() == 2
    assert capsys.readouterr().err == "points.json is damaged: restore it from the repository.\n"
