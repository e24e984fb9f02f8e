"""The notebooks of the lessons: valid files, and every cell of all six run in one process, without a network."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine import paths
from engine.export import lesson_notebooks
from engine.export.lesson_notebooks import LESSONS

RUNNER = Path(__file__).with_name("run_notebooks.py")
MOST_SECONDS = 900


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, dict]:
    """What the variables of each notebook hold after all of its cells have run, by the lesson's number."""
    folder = tmp_path_factory.mktemp("notebooks")
    for number in LESSONS:
        (folder / f"{number}.ipynb").write_bytes(lesson_notebooks.notebook(number))
    done = subprocess.run(
        [sys.executable, str(RUNNER), str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads((folder / "results.json").read_text())


def one_hot(got: dict) -> None:
    assert got["vocab"] == ["bar", "circle", "cross", "frame", "square", "triangle"]
    assert got["vector"] == [0, 1, 0, 0, 1, 0]
    assert (got["decoded"], got["nothing"]) == (["circle", "square"], [])
    assert 0.7 < got["share_of_zeros"] < 0.8


def bce_and_ce(got: dict) -> None:
    assert np.sum(np.array(got["sigmoid"]) > 0.5) == 2
    assert np.sum(np.array(got["softmax"]) > 0.5) == 1 and np.isclose(np.sum(got["softmax"]), 1)
    assert np.isclose(got["bce"], got["bce_of_torch"]) and np.isclose(got["ce"], got["ce_of_torch"])
    assert (round(got["right"], 4), round(got["printed"], 4)) == (0.6906, 1.2573)


def threshold(got: dict) -> None:
    accuracies, f1_scores = np.array(got["accuracies"]), np.array(got["f1_scores"])
    assert len(accuracies) == len(got["thresholds"]) == 49
    assert accuracies.max() > got["nothing"] + 0.1
    assert f1_scores.max() > 0.7 and f1_scores[-1] < f1_scores.max()
    probs, targets = np.array(got["probs"]), np.array(got["targets"]) == 1
    by_hand = ((probs > got["thresholds"][got["best"]]) == targets).mean()
    assert np.isclose(by_hand, accuracies[got["best"]])


def linear_regression(got: dict) -> None:
    assert np.isclose(got["slope"], got["closed_slope"], rtol=1e-4)
    assert np.isclose(got["intercept"], got["closed_intercept"], rtol=1e-4)
    assert np.all(np.diff(got["history"]) < 1e-4)


def head_centre(got: dict) -> None:
    assert got["error"] < got["baseline"] / 3
    assert np.all(np.abs(got["predicted"]) <= 1.1)


def loss_race(got: dict) -> None:
    scores = got["scores"]
    assert set(scores) == {"binary_cross_entropy", "cross_entropy", "inverted", "focal", "mean_squared_error"}
    assert scores["inverted"] < got["nothing"]
    assert scores["binary_cross_entropy"] > scores["cross_entropy"] + 0.1
    assert (
        min(scores[name] for name in ("binary_cross_entropy", "focal", "mean_squared_error")) > got["nothing"]
    )


STATED: dict[int, Callable[[dict], None]] = {
    1: one_hot,
    2: bce_and_ce,
    3: threshold,
    4: linear_regression,
    5: head_centre,
    6: loss_race,
}


@pytest.mark.slow
@pytest.mark.parametrize("number", LESSONS)
def test_every_cell_runs_and_gives_what_the_notebook_states(results, number):
    STATED[number](results[str(number)])


@pytest.mark.parametrize("number", LESSONS)
def test_a_notebook_is_a_valid_file_and_the_same_each_time(number):
    content = lesson_notebooks.notebook(number)
    assert content == lesson_notebooks.notebook(number)
    document = json.loads(content)
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in document["cells"]}) == len(document["cells"]) > 8
    for cell in document["cells"]:
        wanted = {"cell_type", "id", "metadata", "source"}
        assert set(cell) == wanted | (
            {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        )
        assert "".join(cell["source"]).strip()


@pytest.mark.parametrize("number", LESSONS)
def test_a_notebook_says_its_goal_and_ends_with_two_exercises(number):
    text = lesson_notebooks.source(number)
    assert text.startswith(f"# {number}. ") and "**Goal:**" in text and "## What you saw" in text
    exercises = text.partition("## Exercises\n")[2]
    assert [line[:2] for line in exercises.strip().splitlines()] == ["1.", "2."]
    assert "<!--" not in text
    assert "URLs." in text


@pytest.mark.parametrize("number", LESSONS)
def test_a_notebook_needs_fastai_alone(number):
    code = "\n".join(
        text for kind, text in lesson_notebooks.cells(lesson_notebooks.source(number)) if kind == "code"
    )
    imports = {
        line.split()[1].split(".")[0] for line in code.splitlines() if line.startswith(("import ", "from "))
    }
    assert imports <= {"fastai", "PIL", "random", "tempfile"}
    assert str(paths.ROOT) not in code


def test_a_lesson_that_does_not_exist_is_an_error():
    with pytest.raises(ValueError, match="from 1 to 6, not 7"):
        lesson_notebooks.notebook(7)


def test_text_and_code_take_turns():
    text = "Before.\n\n```python\nx = 1\n\n\ny = 2\n```\n\n```text\nnot code\n```\n"
    assert lesson_notebooks.cells(text) == [
        ("markdown", "Before."),
        ("code", "x = 1\n\n\ny = 2"),
        ("markdown", "```text\nnot code\n```"),
    ]
