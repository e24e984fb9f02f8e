"""The benchmarks on tiny inputs: what they time is what they say, and both ways give the same answer."""

import shutil
import subprocess
import sys

import pytest

from benchmarks import pages, timing
from engine import paths
from engine.runs import Run
from engine.training.quick import int8_check
from tests.browser import bare_page

TASKS = ("single-label", "multi-label", "points")


def test_turns_go_forwards_and_backwards():
    assert [timing.in_turn(["a", "b", "c"], turn) for turn in range(3)] == [
        ["a", "b", "c"],
        ["c", "b", "a"],
        ["a", "b", "c"],
    ]


def test_percentiles_of_a_hundred_values():
    assert timing.percentile(range(101), 95) == 95


def test_the_machine_is_named_with_its_cores_and_versions():
    says = timing.machine("streamlit")
    assert "cores" in says
    assert "streamlit 1." in says


def test_the_lessons_are_the_first_five_pages():
    assert list(pages.lessons()) == ["One_hot", "BCE_and_CE", "Threshold", "Linear_regression", "Head_centre"]
    assert set(pages.STEERED) < set(pages.lessons())


def test_a_slider_goes_there_and_back_within_its_range():
    keys = [pages._forward(turn) for turn in range(4 * pages.MOVES_ONE_WAY)]
    assert sum(keys) == len(keys) / 2
    assert keys[: pages.MOVES_ONE_WAY] == [True] * pages.MOVES_ONE_WAY


@pytest.mark.browser
class TestInABrowser:
    def test_first_plots_are_timed_once_a_round(self, browser, tmp_path):
        bare = {pages.BARE: pages.Visit(bare_page(tmp_path))}
        taken = pages.first_plots(browser, bare, 1, tmp_path)
        assert len(taken[pages.BARE]) == 1
        assert taken[pages.BARE][0] > 0

    def test_moves_are_timed_until_other_numbers_are_drawn(self, browser, tmp_path, capsys):
        bare = {pages.BARE: pages.Visit(bare_page(tmp_path))}
        taken = pages.slider_moves(browser, bare, 2, tmp_path)
        assert len(taken[pages.BARE]) == 2
        assert min(taken[pages.BARE]) > 0
        pages.report("Moves", taken, (50, 95))
        assert capsys.readouterr().out.count("1.00 x") == 2


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_one_picture_gets_fastais_answer(task, tmp_path):
    from benchmarks import prediction

    run = Run(shutil.copytree(paths.BUNDLED_RUNS / task, tmp_path / task))
    int8_check.remove(run.folder)  # in floats, as fastai computes
    found = prediction.duel(run, pictures=2)
    assert {name: len(taken) for name, taken in found.seconds.items()} == {
        prediction.OURS: 2,
        prediction.TORCH: 2,
        prediction.FASTAI: 2,
    }
    assert found.difference < 1e-4


def test_an_unknown_part_is_told_in_one_line():
    asked = subprocess.run(
        [sys.executable, "-m", "benchmarks", "nonsense"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 2
    assert "there is no part nonsense: choose from curves, decoding, prediction, pages" in asked.stderr
