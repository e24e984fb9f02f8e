"""Which connection ends when there are too many."""

from types import SimpleNamespace

from engine.inference.serve import crowd


def waiting(address, since):
    return SimpleNamespace(client=(address, 1), since=since)


def test_the_one_that_waits_longest_goes_first():
    ones = [waiting("a", 3), waiting("a", 1), waiting("a", 2)]
    assert crowd.slowest(ones, default=None) is ones[1]


def test_an_address_with_many_connections_loses_its_own():
    alone, many = waiting("a", 1), [waiting("b", 3), waiting("b", 2)]
    assert crowd.slowest([alone, *many], default=None) is many[1]


def test_without_any_other_the_new_one_goes():
    new = waiting("a", 1)
    assert crowd.slowest([], default=new) is new


def test_a_client_without_an_address_counts_as_one():
    ones = [SimpleNamespace(client=None, since=2), SimpleNamespace(client=None, since=1), waiting("a", 0)]
    assert crowd.slowest(ones, default=None) is ones[1]


def test_only_bodies_in_memory_are_held():
    ones = [SimpleNamespace(arrived=5, holds_body=True), SimpleNamespace(arrived=7, holds_body=False)]
    assert crowd.held_bytes(ones) == 5
