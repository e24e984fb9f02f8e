"""Page 8, "none of these": four networks answer a drawn scene, and the measured table stands below."""

import numpy as np
import pytest

from engine.experiments import open_set
from engine.experiments.open_set import ANIMALS, KINDS
from engine.synthetic import scenes
from engine.training import features
from engine.training.backbones import DRAWINGS
from pages.parts.predict import open_set as predict_open_set
from pages.parts.predict import open_set_cards
from tests.lesson_data import button, open_page, texts

PAGE = "8_Your_pictures"
SECTION = "None of these"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))


def html(app) -> str:
    return next(one.proto.body for one in app.get("html") if 'class="nets"' in one.proto.body)


def expected(kinds: list[str]) -> str:
    looked = features.of_image(scenes.draw(scenes.spec_with(kinds, 0, predict_open_set.SIZE_WH)), DRAWINGS)
    present = [one for one in ANIMALS if one in kinds]
    return open_set_cards.cards(open_set.networks(), looked, present)


def test_the_first_scene_holds_neither_and_every_network_answers_it():
    app = open_page(PAGE, **{"from": SECTION})
    assert not app.exception
    assert html(app) == expected(["sheep"])
    assert "none of these" in html(app) and 'class="says wrong"' in html(app)


def test_examples_and_pills_change_the_scene():
    app = open_page(PAGE, **{"from": SECTION})
    button(app, "Two").click().run()
    assert not app.exception and html(app) == expected(["bear", "dog"])
    app = open_page(PAGE, **{"from": SECTION, "none_kinds": "cat"})
    assert html(app) == expected(["cat"])


def test_the_table_and_what_it_says_come_from_the_measured_file():
    app = open_page(PAGE, **{"from": SECTION})
    found = open_set.summary(open_set.table())
    said = texts(app)
    for kind in KINDS:
        nones = open_set.NONES if kind.has_nothing else 0
        assert f"{found.loc[(kind.name, nones)]['one_right', 'mean']:.3f} ±" in said
    assert "Several labels are not enough" in said and predict_open_set.lessons(found) in said
    assert predict_open_set.COMMAND in [one.value for one in app.code]


def test_without_results_the_page_says_how_to_make_them(monkeypatch):
    def gone():
        raise FileNotFoundError("table.csv is not there")

    monkeypatch.setattr(open_set, "table", gone)
    app = open_page(PAGE, **{"from": SECTION})
    assert not app.exception and "measurements are missing" in app.info[0].value


def test_a_card_says_right_wrong_or_neither_and_escapes():
    network = open_set.networks()[3]
    nothing = np.zeros(1024, np.float32)
    assert (
        open_set_cards.in_words([]) == "none of these"
        and open_set_cards.in_words(["cat", "dog"]) == "cat and dog"
    )
    said = open_set_cards.answer(network, nothing)
    assert 'class="says right"' in open_set_cards.cards([network], nothing, said)
    assert 'class="says wrong"' in open_set_cards.cards([network], nothing, list({*ANIMALS} - {*said}))
    assert 'class="says "' in open_set_cards.cards([network], nothing, None)
