"""Script runs in order: pages one after the other, fragments at once, and no page that waits for ever."""

import inspect
import threading
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner import ScriptRunner, script_runner

from pages.parts.shared import rerun_order, streamlit_internals


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A fresh place, and as much patience as a test takes; returns a function that sets it."""
    monkeypatch.setattr(rerun_order, "_PLACE", threading.Semaphore())
    monkeypatch.setattr(rerun_order, "_OWN", threading.local())
    monkeypatch.setattr(rerun_order, "_FRAGMENTS_AT_WORK", set())
    return lambda seconds: monkeypatch.setattr(rerun_order, "SECONDS_OF_PATIENCE", seconds)


@contextmanager
def elsewhere(block):
    """Another thread is inside of a context while the block runs; yields what makes it leave."""
    entered, leave, left = threading.Event(), threading.Event(), threading.Event()

    def stay():
        with block():
            entered.set()
            leave.wait(60)
        left.set()

    thread = threading.Thread(target=stay)
    thread.start()
    assert entered.wait(60)
    try:
        yield leave
    finally:
        leave.set()
        thread.join(60)
    assert left.is_set()


def page():
    return rerun_order.place(is_fragment=False)


def fragment():
    return rerun_order.place(is_fragment=True)


def test_a_page_waits_until_another_has_ended(patience):
    patience(60)
    order = []
    with elsewhere(page) as leave:

        def second():
            with page():
                order.append("second")

        thread = threading.Thread(target=second)
        thread.start()
        order.append("first")
        leave.set()
        thread.join(60)
    assert order == ["first", "second"] and rerun_order._PLACE.acquire(blocking=False)


def test_a_page_begins_beside_one_that_takes_long_and_gives_no_place_back(patience):
    patience(0.01)
    with elsewhere(page):
        with page():
            pass
        assert not rerun_order._PLACE.acquire(blocking=False)


def test_a_fragment_never_waits(patience):
    patience(60)
    with elsewhere(page), fragment():
        assert rerun_order._FRAGMENTS_AT_WORK
    assert not rerun_order._FRAGMENTS_AT_WORK


def test_another_page_runs_while_one_only_waits(patience):
    patience(60)
    with page():
        with rerun_order.waiting(), elsewhere(page):
            pass
        assert not rerun_order._PLACE.acquire(blocking=False)
    assert rerun_order._PLACE.acquire(blocking=False)


def test_a_page_that_fails_gives_its_place_back():
    with pytest.raises(KeyError), page():
        raise KeyError
    assert rerun_order._PLACE.acquire(blocking=False)


def test_a_page_pauses_until_the_fragment_has_ended(monkeypatch):
    monkeypatch.setattr(rerun_order, "SECONDS_OF_PAUSES", 60)
    with page(), elsewhere(fragment) as leave:
        threading.Timer(0.02, leave.set).start()
        rerun_order.pause()
        assert not rerun_order._FRAGMENTS_AT_WORK


def test_a_page_pauses_for_so_long_in_all(monkeypatch):
    monkeypatch.setattr(rerun_order, "SECONDS_OF_PAUSES", 0.01)
    with page(), elsewhere(fragment):
        rerun_order.pause()
        rerun_order.pause()
        assert rerun_order._OWN.pauses <= 0 and rerun_order._FRAGMENTS_AT_WORK


def test_a_fragment_pauses_for_none():
    with elsewhere(fragment), fragment():
        rerun_order.pause()
        assert len(rerun_order._FRAGMENTS_AT_WORK) == 2


@pytest.mark.parametrize("fragments", [None, ["one"]])
def test_streamlit_runs_scripts_in_the_context_and_calls_between_steps(monkeypatch, fragments):
    seen = []
    monkeypatch.setattr(script_runner, "exec_func_with_error_handling", lambda script, context: script())
    monkeypatch.setattr(
        ScriptRunner, "_maybe_handle_execution_control_request", lambda self: seen.append("check")
    )

    @contextmanager
    def place(is_fragment):
        seen.append(is_fragment)
        yield
        seen.append("end")

    for _ in range(2):  # the second time changes nothing
        streamlit_internals.around_script_runs(place, lambda: seen.append("step"))
    context = SimpleNamespace(fragment_ids_this_run=fragments)
    script_runner.exec_func_with_error_handling(lambda: seen.append("run"), context)
    object.__new__(ScriptRunner)._maybe_handle_execution_control_request()
    assert seen == [bool(fragments), "run", "end", "step", "check"]


def test_the_browser_is_told_that_a_script_runs_before_it_waits():
    """A page at rest must not run again by itself: who presses a button then would lose the press."""
    source = inspect.getsource(ScriptRunner._run_script)
    assert source.index("SCRIPT_STARTED") < source.index("exec_func_with_error_handling(code_to_exec")
