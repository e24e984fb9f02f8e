"""Nobody waits for two jobs of the same other person, whenever who comes; a person's own jobs keep their order."""

import random
from collections import Counter

import pytest

from engine.jobs import device_queue, user_scope


@pytest.fixture(autouse=True)
def come(tmp_path, monkeypatch):
    """Lets somebody join the queue; returns the file of their entry."""
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path))

    def join(owner: str, name: str):
        monkeypatch.setattr(user_scope, "owner", lambda: owner)
        return device_queue._queued(device_queue.queue_folder("cpu"), name)

    return join


def _in_order():
    return [one.name for one in device_queue._in_order(device_queue.queue_folder("cpu"))]


@pytest.fixture
def begin(monkeypatch):
    """Lets the job of an entry begin."""

    def start(entry):
        owner = device_queue._read(entry).owner
        monkeypatch.setattr(user_scope, "owner", lambda: owner)
        device_queue._begin(entry)

    return start


def test_who_starts_five_lets_others_in_between(come):
    for name in ("a1", "a2", "a3"):
        come("a", name)
    come("b", "b1")
    come("b", "b2")
    come("c", "c1")
    assert _in_order() == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_comes_while_a_second_job_is_at_work_waits_for_no_third(come, begin):
    first = come("a", "a1")
    second = come("a", "a2")
    come("a", "a3")
    begin(first)
    first.unlink()
    begin(second)
    come("b", "b1")
    assert _in_order() == ["a2", "b1", "a3"]


def test_a_job_that_is_taken_back_costs_its_person_nothing(come, begin):
    begin(come("a", "a1"))
    second = come("a", "a2")
    for name in ("b1", "b2"):
        come("b", name)
    come("a", "a3")
    assert _in_order() == ["a1", "b1", "a2", "b2", "a3"]
    second.unlink()
    assert _in_order() == ["a1", "b1", "a3", "b2"]


def test_one_person_is_served_in_the_order_of_coming(come):
    for number in range(5):
        come("", str(number))
    assert _in_order() == list("01234")


def test_places_follow_each_other_where_the_clock_is_set_back(come, monkeypatch):
    come("a", "first")
    monkeypatch.setattr(device_queue.time, "time_ns", lambda: 5)
    come("b", "second")
    assert _in_order() == ["first", "second"]


def test_a_job_of_somebody_else_is_not_named(come):
    come("a", "secret plans")
    own, other = come("b", "mine"), device_queue.OF_OTHERS
    assert device_queue._ahead_of(own) == [other]
    assert device_queue._ahead_of(come("b", "mine too")) == [other, "mine"]


@pytest.mark.parametrize("seed", range(8))
def test_nobody_waits_for_two_jobs_of_the_same_other_person(come, begin, seed):
    """Between two jobs of a person, or between coming and the first one, each other person has one at most."""
    drawn, entries = random.Random(seed), {}
    since: dict[str, Counter] = {}
    for number in range(60):
        if drawn.random() < 0.6 or not entries:
            owner = drawn.choice("aaabc")
            name = f"{owner}{number}"
            entries[name] = come(owner, name)
            since.setdefault(owner, Counter())
        if entries and drawn.random() < 0.5:
            served = _in_order()[0]
            begin(entries[served])
            entries.pop(served).unlink()
            for owner, others in since.items():
                others[served[0]] += owner != served[0]
                assert others[served[0]] <= 1, (owner, served)
            since[served[0]] = Counter()
            since = {
                owner: count for owner, count in since.items() if any(one[0] == owner for one in entries)
            }
