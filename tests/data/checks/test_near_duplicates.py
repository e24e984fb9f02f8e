"""Pairs of images that look nearly the same."""

import numpy as np

from engine.data.checks.image_facts import look_at
from engine.data.checks.near_duplicates import MOST_BITS, near_pairs, nearly_same, same_bytes
from engine.jobs.array_cache import Store
from tests.data.checks.small_datasets import saved, scene
from tests.dataset_files import put


def test_near_pairs_are_those_of_the_slow_definition():
    rng = np.random.default_rng(0)
    looks = rng.integers(0, 2**63, 300, dtype=np.uint64)
    for at in range(150):  # copies with 0 to 9 bits turned over
        turned = rng.choice(64, at % 10, replace=False)
        looks[150 + at] = looks[at] ^ np.uint64(sum(1 << int(bit) for bit in turned))
    thumbs = np.zeros((300, 12), np.uint8)
    thumbs[150::7] = 40
    slow = {
        (a, b)
        for a in range(300)
        for b in range(a + 1, 300)
        if (int(looks[a]) ^ int(looks[b])).bit_count() <= MOST_BITS
        and np.abs(thumbs[a].astype(int) - thumbs[b].astype(int)).mean() <= 8
    }
    assert {tuple(pair) for pair in near_pairs(looks, thumbs).tolist()} == slow
    assert 60 < len(slow) < 105


def test_one_picture_and_none_have_no_pairs():
    for count in (0, 1):
        assert near_pairs(np.zeros(count, np.uint64), np.zeros((count, 3), np.uint8)).shape == (0, 2)


def test_thirty_thousand_hashes_are_compared():
    rng = np.random.default_rng(0)
    looks = rng.integers(0, 2**63, 30_000, dtype=np.uint64)
    looks[20_000] = looks[5]
    pairs = near_pairs(looks, np.zeros((30_000, 192), np.uint8))
    assert [5, 20_000] in pairs.tolist()


def test_alike_are_grouped_and_copies_count_once(home):
    twin = saved(scene(1))
    files = {"a.jpg": twin, "b.jpg": twin, "c.jpg": saved(scene(1), quality=50), "d.jpg": saved(scene(2))}
    facts = look_at(put(home / "set", files), list(files), store=Store(home / "store"))
    assert same_bytes(facts) == [("a.jpg", "b.jpg")]
    assert nearly_same(facts) == [("a.jpg", "c.jpg")]
