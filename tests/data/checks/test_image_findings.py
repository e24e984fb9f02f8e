"""Faults of image files: cut off, copied, alike, of odd size; and how each is fixed."""

import numpy as np
import pytest
from PIL import ImageEnhance

from engine.data.checks import HARMS, STOPS, check
from engine.data.checks.image_findings import odd_sizes
from engine.data.formats import load
from tests.data.checks.small_datasets import ROWS, kinds, labelled, saved, scene, sound_after, use


def test_a_cut_off_picture_opens_yet_is_found_and_left_out(home):
    whole = saved(scene(50, (640, 480)))
    folder = labelled(
        home / "set", [*ROWS, ("cut.jpg", "dog", False)], images={"cut.jpg": whole[: len(whole) // 2]}
    )
    assert len(load(folder, "multi-label").table) == 11
    finding = kinds(check(folder, "multi-label"))["unreadable"]
    assert (finding.fnames, finding.severity) == (("train/cut.jpg",), STOPS)
    assert "cut off or damaged" in finding.sentence
    assert len(sound_after(folder, finding.remedies[0]).table) == 10


def test_the_same_bytes_in_both_parts_and_with_other_labels(home):
    twin, other = saved(scene(50)), saved(scene(51))
    rows = [
        *ROWS,
        ("a.jpg", "dog", False),
        ("b.jpg", "dog", True),
        ("c.jpg", "dog", False),
        ("d.jpg", "cat", False),
    ]
    folder = labelled(
        home / "set", rows, images={"a.jpg": twin, "b.jpg": twin, "c.jpg": other, "d.jpg": other}
    )
    found = kinds(check(folder, "multi-label"))
    assert found["the same twice"].groups == (("train/a.jpg", "train/b.jpg"), ("train/c.jpg", "train/d.jpg"))
    assert found["in both parts"].groups == (("train/a.jpg", "train/b.jpg"),)
    assert found["same, other answers"].groups == (("train/c.jpg", "train/d.jpg"),)
    assert {found[kind].severity for kind in ("the same twice", "in both parts", "same, other answers")} == {
        HARMS
    }
    assert found["same, other answers"].remedies[0].given == dict.fromkeys(
        ("train/c.jpg", "train/d.jpg"), ("dog", "cat")
    )
    use(folder, found["in both parts"].remedies[0])
    assert "in both parts" not in kinds(check(folder, "multi-label"))
    assert load(folder, "multi-label").table.set_index("fname").loc["train/b.jpg", "is_valid"] == np.False_
    record = sound_after(folder, found["the same twice"].remedies[0])
    assert {"train/a.jpg", "train/c.jpg"} <= set(record.table["fname"]) and len(record.table) == 12


@pytest.mark.parametrize(
    "change",
    [
        lambda image: saved(image, quality=40),
        lambda image: saved(image.resize((160, 120))),
        lambda image: saved(image, "PNG"),
        lambda image: saved(ImageEnhance.Brightness(image).enhance(1.03)),
    ],
    ids=["saved again", "half as large", "another format", "lighter"],
)
def test_a_changed_copy_looks_nearly_the_same(home, change):
    image = scene(50, (320, 240))
    folder = labelled(
        home / "set",
        [*ROWS, ("a.jpg", "dog", False), ("b.jpg", "dog", True)],
        images={"a.jpg": saved(image, quality=95), "b.jpg": change(image)},
    )
    found = kinds(check(folder, "multi-label"))
    assert found["nearly the same"].groups == (("train/a.jpg", "train/b.jpg"),)
    assert found["in both parts"].fnames == ("train/a.jpg", "train/b.jpg")


def test_a_leak_in_a_random_split_is_mended_without_moving_anything_else(home):
    twin = saved(scene(0))
    rows = [(f"{n:02}.jpg", ("dog", "cat")[n % 2]) for n in range(20)]
    folder = labelled(home / "set", rows, "fname,labels", images={f"{n:02}.jpg": twin for n in range(10)})
    before = load(folder, "multi-label").table.set_index("fname")["is_valid"]
    finding = kinds(check(folder, "multi-label"))["in both parts"]
    after = sound_after(folder, finding.remedies[0]).table.set_index("fname")["is_valid"]
    moved = set(before.index[before != after])
    assert moved == {name for name in finding.fnames if before[name]} and not after[list(moved)].any()


def test_odd_sizes_by_hand():
    sizes = {f"{n}.jpg": (400, 300) for n in range(9)}
    odd = {"tiny.jpg": (31, 300), "wide.jpg": (1205, 300), "tall.jpg": (100, 401), "huge.jpg": (1601, 1200)}
    fine = {"edge.jpg": (32, 128), "four.jpg": (1200, 300), "sixteen.jpg": (1600, 1200)}
    told = odd_sizes(sizes | odd | fine)
    assert set(told) == set(odd) | {"edge.jpg"}
    assert (
        "far smaller" in told["edge.jpg"]
        and "very wide" in told["wide.jpg"]
        and "very tall" in told["tall.jpg"]
    )
    assert odd_sizes({}) == {}
