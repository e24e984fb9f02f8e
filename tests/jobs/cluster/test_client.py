"""Calls to a cluster that does not answer: one sentence for who asks for something, patience for who only looks."""

import pytest

from engine.jobs.cluster import address, client
from engine.jobs.cluster.errors import ClusterError

PLACE = "127.0.0.1:1"


class Broken:
    def call(self, *_):
        raise EOFError


@pytest.fixture(autouse=True)
def _forgets(monkeypatch):
    monkeypatch.setattr(client, "_silent", {})


@pytest.fixture
def checks(monkeypatch) -> list[str]:
    """The addresses that were tried; none answers."""
    tried: list[str] = []

    def check(place: str) -> None:
        tried.append(place)
        raise ClusterError("No Ray cluster answers.")

    monkeypatch.setattr(address, "check", check)
    return tried


def test_who_asks_for_something_hears_what_is_wrong(checks):
    with pytest.raises(ClusterError, match="No Ray cluster answers"):
        client.call(PLACE, "submit")


def test_a_page_that_looks_asks_a_silent_cluster_only_now_and_then(checks, monkeypatch):
    assert client.ask(PLACE, "is_known", "job-1") is None
    assert client.ask(PLACE, "is_known", "job-1") is None
    assert len(checks) == 1
    monkeypatch.setattr(client, "SECONDS_OF_SILENCE", 0)
    assert client.ask(PLACE, "is_known", "job-1") is None
    assert len(checks) == 2


def test_silent_clusters_are_few(checks):
    for number in range(3 * client.MOST_KEPT):
        client.ask(f"head-{number}:1", "is_known", "job-1")
    assert len(client._silent) <= client.MOST_KEPT


def test_a_process_that_breaks_twice_is_one_sentence(monkeypatch):
    monkeypatch.setattr(address, "check", lambda place: None)
    monkeypatch.setattr(client, "DRIVER", Broken())
    with pytest.raises(ClusterError, match=r"connection to the Ray cluster at 127.0.0.1:1 broke"):
        client.call(PLACE, "submit")
