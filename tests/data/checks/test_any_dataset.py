"""Any table, however spoiled: the check never breaks, agrees with load, and its fixes lead to what load takes."""

import itertools

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from engine.data import edits
from engine.data.checks import STOPS, check
from engine.data.formats import DatasetError, load
from tests.data.checks.small_datasets import saved, scene
from tests.dataset_files import put, write_table

THERE = ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "twin.jpg", "sub/f.jpg"]
NAMES = st.sampled_from([*THERE, *THERE, "A.JPG", "gone.jpg", "../out.jpg", "/etc/hosts", "", "=x.jpg", "b"])
LABELS = st.lists(st.sampled_from(["dog", "Dog", "d-og", "cat", "fox", "<b>"]), max_size=3).map(" ".join)
PARTS = st.sampled_from(["True", "True", "False", "False", "False", "False", "maybe", ""])
NUMBERS = st.one_of(
    st.integers(0, 48).map(str),
    st.integers(0, 48).map(str),
    st.floats(-20, 90).map(lambda value: f"{value:.1f}"),
    st.sampled_from(["", "x", "nan", "1e999"]),
)
RELAXED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ROUNDS = 12


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Pictures that are looked at once for all examples; each example has another table, and a journal of its own."""
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    images = {f"train/{name}": saved(scene(at)) for at, name in enumerate(THERE)}
    put(tmp_path, {"out.jpg": saved(scene(90))})
    numbers = itertools.count()

    def fresh(name: str, header: str, rows):
        monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / f"library{next(numbers)}"))
        write_table(tmp_path / "set" / name, header, rows)
        return tmp_path / "set"

    put(tmp_path / "set", images | {"train/twin.jpg": images["train/a.jpg"]})
    return fresh


def is_taken(folder, task) -> bool:
    try:
        load(folder, task)
    except DatasetError:
        return False
    return True


def mended(folder, task) -> bool:
    """Use the first fix of every finding that stops, round by round; whether load takes the set in the end."""
    for _ in range(ROUNDS):
        fixes = [one.fixes[0] for one in check(folder, task).findings if one.severity == STOPS and one.fixes]
        if not fixes:
            return is_taken(folder, task)
        for fix in fixes:
            edits.add_each(edits.home(folder), fix.kind, fix.given)
    raise AssertionError("the fixes come to no end")


def agree(folder, task) -> None:
    health = check(folder, task)
    assert health.is_accepted == is_taken(folder, task), [str(one) for one in health.findings]
    taken = mended(folder, task)
    left = [one for one in check(folder, task).findings if one.severity == STOPS]
    event(f"taken in the end: {taken}")
    assert taken == (not left) and not any(one.fixes for one in left)


@RELAXED
@given(
    st.lists(st.tuples(NAMES, LABELS, PARTS), min_size=5, max_size=20),
    st.sampled_from(["multi-label", "single-label"]),
)
def test_any_table_of_labels(folder, rows, task):
    agree(folder("train.csv", "fname,labels,is_valid", rows), task)


@RELAXED
@given(st.lists(st.tuples(NAMES, NUMBERS, NUMBERS, PARTS), min_size=5, max_size=20))
def test_any_table_of_points(folder, rows):
    agree(folder("points.csv", "fname,x,y,is_valid", rows), "points")
