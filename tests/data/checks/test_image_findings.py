"""Faults of image files: cut off, copied, alike, of odd size; and how each is fixed."""

import pytest
from PIL import ImageEnhance

from engine.data.checks import HARMS, check
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
    assert (finding.fnames, finding.severity) == (("train/cut.jpg",), HARMS)
    assert "cut off or damaged" in finding.sentence
    assert len(sound_after(folder, finding.fixes[0]).table) == 10


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
    assert "the same twice" not in found and "nearly the same" not in found
    assert found["in both parts"].groups == (("train/a.jpg", "train/b.jpg"),)
    assert found["same, other labels"].groups == (("train/c.jpg", "train/d.jpg"),)
    assert {found[kind].severity for kind in ("in both parts", "same, other labels")} == {HARMS}
    assert found["in both parts"].sentence.startswith("2 images are the same or nearly the same in training")
    assert found["same, other labels"].sentence.startswith("2 images are copies with different labels")
    left_out, joined = found["same, other labels"].fixes
    assert left_out.given.keys() == joined.given.keys() == {"train/c.jpg", "train/d.jpg"}
    assert set(joined.given.values()) == {("dog", "cat")}
    (left_out,) = found["in both parts"].fixes
    assert left_out.given.keys() == {"train/a.jpg"}
    use(folder, joined)
    record = sound_after(folder, left_out)
    assert "train/b.jpg" in set(record.part(valid=True).table["fname"])
    found = kinds(check(folder, "multi-label"))
    assert found.keys() & {"the same twice", "in both parts", "same, other labels"} == {"the same twice"}
    assert len(sound_after(folder, found["the same twice"].fixes[0]).table) == 12


@pytest.mark.parametrize(("copies", "counted"), [(2, "4 images in 2 pairs"), (3, "6 images in 2 groups")])
def test_a_finding_counts_every_image_that_its_fix_counts(home, copies, counted):
    names = [f"{letter}{n}.jpg" for letter in "ab" for n in range(copies)]
    pictures = {name: saved(scene(50 + (name[0] == "b"))) for name in names}
    rows = [*ROWS, *[(name, ("dog", "cat")[name[1] == "0"], False) for name in names]]
    finding = kinds(check(labelled(home / "set", rows, images=pictures), "single-label"))[
        "same, other labels"
    ]
    kind = counted.split()[-1][:-1]
    assert finding.sentence.startswith(
        f"{counted} are copies with different labels, so at most one of each {kind} is right"
    )
    assert finding.fixes[0].says == f"Exclude all {2 * copies}" and len(finding.fnames) == 2 * copies


def test_look_alikes_of_copies_are_reported_once(home):
    picture = scene(50, (320, 240))
    twin, alike = saved(picture, quality=95), saved(picture, quality=60)
    rows = [*ROWS, *[(f"{name}.jpg", "dog", name == "c") for name in "abc"], ("d.jpg", "dog", False)]
    pictures = {"a.jpg": twin, "b.jpg": twin, "c.jpg": alike, "d.jpg": saved(scene(51))}
    found = kinds(check(labelled(home / "set", rows, images=pictures), "multi-label"))
    assert found["in both parts"].groups == (("train/a.jpg", "train/b.jpg", "train/c.jpg"),)
    assert "the same twice" not in found and "nearly the same" not in found


def test_look_alikes_that_the_task_does_not_use_are_no_finding(home):
    twin = saved(scene(50))
    rows = [*ROWS, ("a.jpg", "dog cat", False), ("b.jpg", "dog cat", True)]
    folder = labelled(home / "set", rows, images={"a.jpg": twin, "b.jpg": twin})
    assert "in both parts" in kinds(check(folder, "multi-label"))
    assert "in both parts" not in kinds(check(folder, "single-label"))


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
    assert found["in both parts"].groups == (("train/a.jpg", "train/b.jpg"),)


def test_a_leak_in_a_random_split_is_fixed_without_moving_anything_else(home):
    twin = saved(scene(0))
    rows = [(f"{n:02}.jpg", ("dog", "cat")[n >= 10]) for n in range(20)]
    folder = labelled(home / "set", rows, "fname,labels", images={f"{n:02}.jpg": twin for n in range(10)})
    before = load(folder, "multi-label").table.set_index("fname")["is_valid"]
    finding = kinds(check(folder, "multi-label"))["in both parts"]
    after = sound_after(folder, finding.fixes[0]).table.set_index("fname")["is_valid"]
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
