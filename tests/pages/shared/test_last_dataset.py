"""The dataset that every page of the workflow begins with."""

import pytest

from engine.data import library
from engine.tasks import MULTI_LABEL, SINGLE_LABEL
from pages.parts.shared import last_dataset, workflow_facts
from tests.tiny_data import labelled


@pytest.fixture
def two(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    monkeypatch.setattr("pages.parts.shared.last_dataset.st.session_state", {})
    first, second = (
        library.add(name, MULTI_LABEL, in_place=labelled(tmp_path / name), source="") for name in ("z", "a")
    )
    return library.change(first, imported_at="2026-01-02"), library.change(second, imported_at="2026-01-01")


def test_before_any_was_on_screen_it_is_the_last_import(two):
    newest, _ = two
    assert last_dataset.of(library.all_sets()) == newest and last_dataset.of([]) is None


def test_then_it_is_the_one_on_screen_last_also_after_a_sample(two):
    newest, older = two
    last_dataset.remember_dataset(newest)
    last_dataset.remember_dataset(older)
    last_dataset.remember(SINGLE_LABEL, "sample_data/scenes")
    assert last_dataset.of(library.all_sets()) == older
    assert [data for _, data in last_dataset.recent()] == [
        "sample_data/scenes",
        workflow_facts.typed(older),
        workflow_facts.typed(newest),
    ]


def test_one_that_was_removed_is_passed_over(two):
    newest, older = two
    last_dataset.remember_dataset(newest)
    last_dataset.remember_dataset(older)
    library.remove(older)
    assert last_dataset.of(library.all_sets()) == newest


def test_what_is_shown_again_comes_first_once(two):
    for number in (*range(20), 15):
        last_dataset.remember(MULTI_LABEL, f"data/{number}")
    places = [data for _, data in last_dataset.recent()]
    assert places[:2] == ["data/15", "data/19"] and len(places) == len(set(places)) == 8
