"""Whoever waits for another process lets other work go on."""

from contextlib import contextmanager

import pytest

from engine.jobs import bounded_call, waits


@pytest.fixture
def seen(monkeypatch):
    """What was entered and left while waiting."""
    steps: list[str] = []

    @contextmanager
    def meanwhile():
        steps.append("waits")
        yield
        steps.append("goes on")

    monkeypatch.setattr(waits, "_meanwhile", waits._meanwhile)
    waits.set_meanwhile(meanwhile)
    return steps


def test_a_bounded_call_waits_inside_of_the_context(seen):
    assert bounded_call.call("engine.functional.label_text:visible", "cat") == "cat"
    assert seen == ["waits", "goes on"]
