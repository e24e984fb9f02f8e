"""A set of names: what was written or added is in it, also once it is sorted in."""

import pickle

import pytest

from engine.inference.batch import name_set
from engine.inference.batch.name_set import NameSet


@pytest.mark.parametrize("loose", [1, 3, 1000])
def test_a_name_is_added_once(monkeypatch, loose):
    monkeypatch.setattr(name_set, "MOST_LOOSE", loose)
    names = NameSet(["a.png", "'=b.png"])
    assert [names.add(name) for name in ("c", "c", "a.png", "=b.png", "d", "e", "d")] == [
        True, False, False, False, True, True, False,
    ]  # fmt: skip
    assert len(names) == 5 and all(name in names for name in ("a.png", "=b.png", "c", "d", "e"))
    assert "f" not in names and "e" in pickle.loads(pickle.dumps(names)) and "a" not in NameSet([])


def test_a_million_names_take_eight_bytes_each(monkeypatch):
    monkeypatch.setattr(name_set, "MOST_LOOSE", 64)
    names = NameSet([])
    for number in range(1000):
        names.add(str(number))
    assert len(names) == 1000 and len(names._loose) < 64 and names._sorted.nbytes == 8 * (1000 - 1000 % 64)
