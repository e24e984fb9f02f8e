"""What is loaded is exempt from garbage collection, once for each time that something was loaded."""

import gc
import inspect
import sys
import tomllib
import types

import pytest
from streamlit.runtime.scriptrunner import ScriptRunner

from engine.paths import ROOT
from pages.parts.shared import gc_freeze


@pytest.fixture
def as_before():
    """Whatever is set aside is looked at again afterwards."""
    yield
    gc.unfreeze()


@pytest.fixture
def a_module_is_loaded(monkeypatch):
    """A module more than the last time."""

    def load(name: str) -> None:
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))

    monkeypatch.setattr(gc_freeze, "_modules", len(sys.modules))
    return load


def test_nothing_is_set_aside_unless_something_was_loaded(as_before, a_module_is_loaded):
    gc.unfreeze()
    gc_freeze.set_aside()
    assert gc.get_freeze_count() == 0
    a_module_is_loaded("one_more")
    gc_freeze.set_aside()
    first = gc.get_freeze_count()
    assert first > 0
    alive = [[] for _ in range(1000)]
    gc_freeze.set_aside()
    assert gc.get_freeze_count() <= first
    a_module_is_loaded("and_another")
    gc_freeze.set_aside()
    assert gc.get_freeze_count() >= first + len(alive) / 2


def test_garbage_of_before_is_freed_and_not_kept(as_before, a_module_is_loaded):
    class Circle:
        freed = 0

        def __init__(self):
            self.me = self

        def __del__(self):
            Circle.freed += 1

    Circle()
    a_module_is_loaded("one_more")
    gc_freeze.set_aside()
    assert Circle.freed == 1
    Circle()
    gc.collect()
    assert Circle.freed == 2


def test_a_full_collection_does_not_follow_every_script_run():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["runner"] == {"postScriptGC": False}
    assert "gc.collect" in inspect.getsource(ScriptRunner._on_script_finished), (
        "the option has no use any more"
    )
