""" "None of these": the command makes the bundled table again, and each metric is what its name says."""

import numpy as np
import pandas as pd
import pytest

from engine import paths
from engine.__main__ import main
from engine.experiments import open_set
from engine.experiments.open_set import (
    ANIMALS,
    COUNTS,
    KINDS,
    METRICS,
    NEITHER,
    NONES,
    NOTHING,
    ONE,
    TWO,
    build,
    storage,
)
from engine.experiments.open_set import scenes as drawn
from engine.experiments.open_set.evaluate import _scores, truth
from engine.experiments.open_set.networks import Network, predictions, train
from engine.experiments.open_set.scenes import OTHERS, TRAIN_NONE, TRAIN_ONE, targets
from engine.plots import open_set as plots_open_set
from engine.training import features
from engine.training.backbones import DRAWINGS
from tests.tiny_data import last_json

SINGLE, SINGLE_NONE, MULTI, MULTI_NONE = KINDS


@pytest.fixture(scope="module")
def seen():
    return storage.features()


def test_the_command_makes_the_bundled_table_again(tmp_path, capsys):
    """Two of its ten seeds, from the bundled features."""
    out = ["--out", str(tmp_path), "--drawn", str(storage.FOLDER), "--seeds", "2"]
    assert main(["open-set", *out]) == 0
    bundled, again = open_set.table(), open_set.table(tmp_path)
    assert bundled["seed"].nunique() == 10 and again["seed"].nunique() == 2
    both = bundled[bundled["seed"] < 2].reset_index(drop=True)
    assert both[["seed", "network", "nones"]].equals(again[["seed", "network", "nones"]])
    shares = [name for name in METRICS if name != "neither_sure"]
    one_picture = 1 / COUNTS[ONE] + 1e-6
    np.testing.assert_allclose(again[shares], both[shares], atol=one_picture)
    np.testing.assert_allclose(again["neither_sure"], both["neither_sure"], atol=0.01)
    printed = capsys.readouterr().out
    assert "multi-label, with images of no class" in printed
    networks = last_json(printed)["networks"]
    assert len(networks) == len(open_set.summary(again)) and set(METRICS) < set(networks[0])
    for one, other in zip(open_set.networks(), open_set.networks(tmp_path), strict=True):
        np.testing.assert_allclose(one.weights, other.weights, atol=1e-3)


@pytest.mark.parametrize("part", list(COUNTS))
def test_the_bundled_features_are_those_of_the_drawn_pictures(part, seen):
    """Some pictures of each part are drawn again and row at."""
    index = COUNTS[part] - 1
    row = features.of_squares([drawn.image(part, index, DRAWINGS.size)], DRAWINGS)[0]
    np.testing.assert_allclose(seen[part][index], row, rtol=2e-3, atol=2e-3)
    assert seen[part].shape == (COUNTS[part], 1024)


def test_every_part_holds_what_its_name_says():
    assert {targets(ONE, index) for index in range(9)} == {("bear",), ("cat",), ("dog",)}
    assert {targets(TWO, index) for index in range(9)} == {("cat", "dog"), ("bear", "dog"), ("bear", "cat")}
    assert {targets(NEITHER, index) for index in range(9)} == {()}
    assert not set(OTHERS) & set(ANIMALS) and len(OTHERS) == 9
    np.testing.assert_array_equal(truth(ONE).sum(axis=0), [40, 40, 40])
    np.testing.assert_array_equal(truth(TWO).sum(axis=1), [2] * 120)


def test_a_network_is_linear_and_answers_by_its_own_rule():
    """By hand: logits (2, -1, 0) plus none's 3 for the single-label network."""
    weights = np.eye(2, 3, dtype=np.float32)
    network = Network(MULTI, weights, np.array([0, -3, 0], np.float32))
    probs = network.probs(np.array([[2.0, 2.0]]))
    np.testing.assert_allclose(probs, 1 / (1 + np.exp([[-2.0, 1.0, 0.0]])), rtol=1e-6)
    assert network.predict(np.array([[2.0, 2.0]])).tolist() == [[1, 0, 0]]
    assert predictions(SINGLE, np.array([[0.2, 0.5, 0.3]])).tolist() == [[0, 1, 0]]
    assert SINGLE_NONE.vocab == (*ANIMALS, NOTHING)
    assert predictions(SINGLE_NONE, np.array([[0.2, 0.2, 0.2, 0.4]])).tolist() == [[0, 0, 0]]
    assert predictions(MULTI, np.array([[0.5, 0.51, 0.2]])).tolist() == [[0, 1, 0]]


def test_the_measures_by_hand(monkeypatch):
    """A network that always answers bear 0.9, cat 0.6, dog 0.1."""
    fixed = np.array([0.9, 0.6, 0.1])
    monkeypatch.setattr(Network, "probs", lambda self, seen: np.tile(fixed, (len(seen), 1)))
    features_ = {part: np.zeros((count, 2), np.float32) for part, count in COUNTS.items()}
    scores = _scores(Network(MULTI, np.zeros((2, 3)), np.zeros(3)), features_)
    assert scores == {
        "one_right": 0.0,
        "one_likeliest": pytest.approx(1 / 3),
        "neither_nothing": 0.0,
        "neither_sure": pytest.approx(0.9),
        "two_both": pytest.approx(1 / 3),
    }
    scores = _scores(Network(SINGLE, np.zeros((2, 3)), np.zeros(3)), features_)
    assert (scores["one_right"], scores["two_both"]) == (pytest.approx(1 / 3), 0.0)


def test_the_table_says_what_the_page_says():
    """The exercise's point, as measured: several labels are not enough, pictures of nothing are, and cost a little."""
    found = open_set.summary(open_set.table())
    at = {
        kind: found.loc[(kind.name, NONES if kind.has_nothing else 0)].xs("mean", level=1) for kind in KINDS
    }
    assert at[SINGLE]["neither_nothing"] == 0 and at[SINGLE]["two_both"] == 0
    assert at[MULTI]["neither_nothing"] < 0.3
    assert at[MULTI_NONE]["neither_nothing"] > 0.95 and at[MULTI_NONE]["two_both"] > 0.6
    assert 0 < at[SINGLE]["one_right"] - at[MULTI_NONE]["one_right"] < 0.1
    assert at[SINGLE_NONE]["two_both"] == 0


def test_the_seed_chooses_the_pictures_and_the_beginning(seen):
    few = {part: seen[part][:, :40] for part in (TRAIN_ONE, TRAIN_NONE)}
    one, same, other = (train(MULTI_NONE, few, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.weights, same.weights)
    assert np.abs(one.weights - other.weights).max() > 1e-3


def test_pictures_are_drawn_in_order_and_told(monkeypatch):
    monkeypatch.setitem(COUNTS, ONE, 3)
    progress = []
    found = list(drawn.images(ONE, 32, progress.append, processes=1))
    np.testing.assert_array_equal(found[2], drawn.image(ONE, 2, 32))
    assert progress == [1 / 3, 2 / 3, 1.0]


def test_features_are_rounded_as_they_are_stored(monkeypatch, seen):
    """Features are rounded before anything is trained on them, so that the stored ones give the same table."""
    monkeypatch.setattr(build, "images", lambda part, size, show: [np.zeros((size, size, 3), np.uint8)])
    of_parts = build.part_features(lambda *_: None)
    assert list(of_parts) == list(COUNTS)
    for row in of_parts.values():
        np.testing.assert_array_equal(row, row.astype(np.float16))


@pytest.fixture
def small():
    """A table by hand: each task's shares at 0, 10 and 60 pictures of nothing."""
    shares = {SINGLE.task: (0.0, 0.9, 0.95), MULTI.task: (0.2, 0.8, 1.0)}
    return pd.DataFrame(
        [
            {
                "seed": 0,
                "network": kind.name,
                "nones": nones,
                "neither_nothing": share,
                "one_right": 0.9,
                "two_both": 0.5 if kind.task == MULTI.task else 0.0,
            }
            for kind in KINDS
            for nones, share in zip((0, 10, 60), shares[kind.task], strict=True)
            if kind.has_nothing == (nones > 0)
        ]
    )


def test_each_question_has_a_figure_with_a_named_line_for_each_task(small):
    for question, title in plots_open_set.QUESTIONS.items():
        figure = plots_open_set.doses(small, question)
        assert figure.layout.title.text == title and figure.layout.showlegend is False
        assert [line.name for line in figure.data] == ["one label", "several labels"]
        assert [name.text for name in figure.layout.annotations] == ["one label", "several labels"]
        for name, line in zip(figure.layout.annotations, figure.data, strict=True):
            assert (name.x, name.y, name.font.color) == (line.x[-1], line.y[-1], line.line.color)
    several = plots_open_set.doses(small, "neither_nothing").data[1]
    assert list(several.x) == [0, 1, 2] and list(several.y) == [0.2, 0.8, 1.0]


def test_names_of_lines_that_end_close_together_lie_on_both_sides(small):
    def sides(question):
        return [name.yshift > 0 for name in plots_open_set.doses(small, question).layout.annotations]

    assert sides("neither_nothing") == [False, True]
    assert sides("two_both") == [True, True]


def test_the_point_of_the_figures_is_said_with_its_numbers(small):
    assert "(20% of images); 10 images without animals raise that to 80%" in plots_open_set.point(small)


def test_the_readme_of_the_samples_names_the_command():
    assert "python -m engine open-set" in (paths.SAMPLE_DATA / "README.md").read_text(encoding="utf-8")
