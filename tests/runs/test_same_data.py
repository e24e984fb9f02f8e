"""Which runs are on the same data: relative paths begin in the project's folder, whatever a path is."""

import pytest

from engine import paths
from engine.runs import Run, same_data


@pytest.mark.parametrize("data", ["sample_data/scenes", "./sample_data/x/../scenes", str(paths.SCENES)])
def test_a_place_is_the_same_however_it_is_written(data):
    assert same_data.place(data) == paths.SCENES.resolve()


@pytest.mark.parametrize("data", ["\0", "a\0b", "\ud800"])
def test_what_can_be_no_path_is_no_place_of_others(data):
    assert same_data.place(data) not in (same_data.place(""), same_data.place("sample_data/scenes"))


def test_runs_on_some_data_are_those_for_the_same_task():
    every = [Run(paths.BUNDLED_RUNS / name) for name in ("multi-label", "points")]
    assert same_data.on(every[0].config.data, "multi-label", every) == every[:1]
    assert same_data.on(every[0].config.data, "points", every) == []
