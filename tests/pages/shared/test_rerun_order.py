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
    """Fresh places, and as much patience as a test takes; returns a function that sets it."""
    monkeypatch.setattr(rerun_order, "_PAGE_PLACE", threading.Semaphore())
    monkeypatch.setattr(rerun_order, "_FRAGMENT_PLACE", threading.Semaphore())
    monkeypatch.setattr(rerun_order, "_OWN", threading.local())
    monkeypatch.setattr(rerun_order, "_FRAGMENTS_AT_WORK", set())

    def set_to(seconds):
        monkeypatch.setattr(rerun_order, "SECONDS_OF_PATIENCE", seconds)
        monkeypatch.setattr(rerun_order, "FRAGMENT_PATIENCE", seconds)

    return set_to


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


def is_free(kind="page"):
    """Whether the place is free; takes it then."""
    places = {"page": rerun_order._PAGE_PLACE, "fragment": rerun_order._FRAGMENT_PLACE}
    return places[kind].acquire(blocking=False)


@pytest.mark.parametrize("kind", ["page", "fragment"])
def test_a_run_waits_until_another_of_its_kind_has_ended(patience, kind):
    patience(60)
    order = []
    run = {"page": page, "fragment": fragment}[kind]
    with elsewhere(run) as leave:

        def second():
            with run():
                order.append("second")

        thread = threading.Thread(target=second)
        thread.start()
        order.append("first")
        leave.set()
        thread.join(60)
    assert order == ["first", "second"] and is_free(kind)


@pytest.mark.parametrize("kind", ["page", "fragment"])
def test_a_run_begins_beside_one_that_takes_long_and_gives_no_place_back(patience, kind):
    patience(0.01)
    run = {"page": page, "fragment": fragment}[kind]
    with elsewhere(run):
        with run():
            pass
        assert not is_free(kind)


def test_a_fragment_waits_for_no_page(patience):
    patience(60)
    with elsewhere(page), fragment():
        assert rerun_order._FRAGMENTS_AT_WORK
    assert not rerun_order._FRAGMENTS_AT_WORK


def test_another_page_runs_while_one_only_waits(patience):
    patience(60)
    with page():
        with rerun_order.waiting(), elsewhere(page):
            pass
        assert not is_free()
    assert is_free()


def test_no_page_pauses_for_a_fragment_that_only_waits(patience):
    patience(60)
    with fragment():
        with rerun_order.waiting():
            assert not rerun_order._FRAGMENTS_AT_WORK and is_free("fragment")
            rerun_order._FRAGMENT_PLACE.release()
        assert not is_free("fragment")


def test_a_page_that_fails_gives_its_place_back():
    with pytest.raises(KeyError), page():
        raise KeyError
    assert is_free()


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


def test_a_short_fragment_keeps_its_place_between_its_steps(monkeypatch):
    monkeypatch.setattr(rerun_order, "SECONDS_OF_A_SHORT_FRAGMENT", 60)
    with fragment():
        rerun_order.pause()
        assert rerun_order._FRAGMENTS_AT_WORK and not is_free("fragment")
    assert not rerun_order._FRAGMENTS_AT_WORK and is_free("fragment")


def test_a_long_fragment_lets_the_next_one_run_and_pauses_for_it(monkeypatch):
    monkeypatch.setattr(rerun_order, "SECONDS_OF_A_SHORT_FRAGMENT", 0)
    monkeypatch.setattr(rerun_order, "SECONDS_OF_PAUSES", 0.01)
    with fragment():
        rerun_order.pause()
        assert not rerun_order._FRAGMENTS_AT_WORK
        with elsewhere(fragment):
            assert not is_free("fragment")
            rerun_order.pause()
            assert rerun_order._OWN.pauses <= 0
    assert is_free("fragment")


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
