"""Divisions: no group on both sides, shares kept, every label can be learned, the same seed gives the same parts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data import edits
from engine.data.edits import LEFT_OUT
from engine.data.formats import load
from engine.data.formats.parsed_source import Row
from engine.data.splits import (
    Plan,
    SplitError,
    alike_across,
    divide,
    groupings,
    groups_across,
    kept_plan,
    shares,
    use,
)
from engine.data.splits.strategies import GROUPS, RANDOM, STRATIFIED, TABLE, WAYS, merged
from tests.dataset_files import pascal

FREE = (RANDOM, STRATIFIED, GROUPS)


def first_without_doubt(rows):
    return next((one for one in groupings(rows) if not one.doubt), None)


def rows_of(*labels) -> list[Row]:
    return [Row(f"{at}.jpg", labels=tuple(one.split())) for at, one in enumerate(labels)]


LABELS = st.sets(st.sampled_from("abcde"), max_size=3).map(lambda some: " ".join(sorted(some)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(LABELS, st.integers(0, 9)), min_size=4, max_size=80),
    st.sampled_from(FREE),
    st.floats(0.05, 0.6),
    st.integers(0, 5),
)
def test_whatever_is_divided(images, way, share, seed):
    """No group (or pair that looks alike) in both parts; neither part empty; labels stay learnable; repeatable."""
    rows = rows_of(*(labels for labels, _ in images))
    groups = [str(group) for _, group in images]
    alike = [(rows[0].fname, rows[-1].fname)]
    plan = Plan(way, share, seed)
    try:
        parts = divide(rows, plan, groups, alike)
    except SplitError:
        assert way == GROUPS and len({*groups[1:-1]} - {groups[0], groups[-1]}) == 0
        return
    assert parts == divide(rows, plan, groups, alike) and len(parts) == len(rows)
    assert 0 < sum(parts) < len(rows)
    assert alike_across(rows, parts, alike) == []
    if way == GROUPS:
        assert groups_across(groups, parts) == []
    for label in "abcde":
        units = {
            groups[at] if way == GROUPS else row.fname for at, row in enumerate(rows) if label in row.labels
        }
        in_training = any(label in row.labels for row, part in zip(rows, parts, strict=True) if not part)
        if len(units) > 2 and sum(parts) > 1 and way != GROUPS:
            assert in_training


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 200), st.integers(2, 5), st.floats(0.1, 0.5), st.integers(0, 20))
def test_single_labels_are_divided_to_within_one_picture(count, kinds, share, seed):
    rows = rows_of(*("abcde"[at % kinds] for at in range(count)))
    parts = divide(rows, Plan(STRATIFIED, share, seed))
    assert share * count - 1 <= sum(parts) <= max(share * count + 1, kinds)
    for label in "abcde"[:kinds]:
        has = [part for row, part in zip(rows, parts, strict=True) if label in row.labels]
        assert abs(sum(has) - share * len(has)) <= 1.5 and any(has)


@pytest.mark.parametrize("rest", ["", " big"])
def test_each_label_with_three_images_has_one_for_validation(rest):
    small = [f"k{at}{rest}" for at in range(12) for _ in range(3)]
    rows = rows_of(*(["big"] * 100), *small, "pair", "pair", "lone")
    parts = divide(rows, Plan(STRATIFIED, 0.2, 0))
    chosen = {label for row, part in zip(rows, parts, strict=True) if part for label in row.labels}
    assert {f"k{at}" for at in range(12)} <= chosen and "lone" not in chosen
    assert sum(parts) <= 0.2 * len(rows) + 12


def test_several_labels_are_divided_more_evenly_than_at_random():
    rng = np.random.default_rng(0)
    chances = dict(zip("abcdefgh", (0.5, 0.3, 0.2, 0.1, 0.05, 0.05, 0.03, 0.02), strict=True))
    rows = rows_of(*(" ".join(a for a, p in chances.items() if rng.random() < p) for _ in range(600)))

    def unevenness(way) -> list[float]:
        tables = [shares(rows, divide(rows, Plan(way, 0.25, seed))) for seed in range(5)]
        return [float((table["share"] - 0.25).abs().mean()) for table in tables]

    even, chance = unevenness(STRATIFIED), unevenness(RANDOM)
    assert max(even) < 0.02 and max(even) < min(chance) and 2 * sum(even) < sum(chance)


def test_a_label_with_one_picture_stays_in_training():
    rows = rows_of(*["a", "b"] * 20, "only")
    for seed in range(20):
        assert not divide(rows, Plan(STRATIFIED, 0.5, seed))[-1]


def test_too_few_for_every_class_is_still_divided():
    rows = rows_of("a", "a", "b", "b", "c", "c", "d", "d")
    parts = divide(rows, Plan(STRATIFIED, 0.25))
    assert sum(parts) == 2


def test_groups_are_drawn_so_that_labels_divide_evenly():
    """20 people: half of them hold only dogs, half only cats; 5 are wanted, and both kinds are to be asked."""
    groups = [f"person {at // 10}" for at in range(200)]
    rows = rows_of(*("dog" if at < 100 else "cat" for at in range(200)))
    for seed in range(10):
        table = shares(rows, divide(rows, Plan(GROUPS, 0.2, seed), groups))
        assert table["share"].between(0.1, 0.3).all()


def test_all_in_one_group_is_a_sentence():
    with pytest.raises(SplitError, match="belong together"):
        divide(rows_of("a", "b"), Plan(GROUPS), ["x", "x"])


def test_as_the_table_says():
    rows = rows_of("a", "b", "a")
    assert divide(rows, Plan(TABLE), source=[True, False, None]) == [True, False, False]
    with pytest.raises(SplitError, match="does not mark"):
        divide(rows, Plan(TABLE), source=[None] * 3)


@pytest.mark.parametrize("how", [{"way": "by moon"}, {"share": 0.0}, {"share": 1.0}])
def test_a_plan_is_checked(how):
    with pytest.raises(ValueError, match="must"):
        Plan(**how)
    assert list(WAYS) == ["random", "stratified", "groups", "table"]


# --- groups told from names ---------------------------------------------------------------------------------------


def named(*fnames, labels=(), group=None) -> list[Row]:
    return [Row(fname, labels=labels, group=group) for fname in fnames]


@pytest.mark.parametrize(
    ("fnames", "title", "groups"),
    [
        (
            ["anna_01.jpg", "anna_02.jpg", "ben_01.jpg", "carl_7.jpg"],
            "the name before its last number",
            ("anna", "anna", "ben", "carl"),
        ),
        (
            ["p1/a.jpg", "p1/b.jpg", "p2/a.jpg", "p3/x.jpg"],
            "the folders",
            ("p1", "p1", "p2", "p3"),
        ),
        (
            ["v1_f0001_rgb.png", "v1_f0002_rgb.png", "v2_f0001_rgb.png", "v3_f0001_rgb.png"],
            "the name before its last number",
            ("v1_f", "v1_f", "v2_f", "v3_f"),
        ),
    ],
)
def test_series_are_told_from_names(fnames, title, groups):
    found = first_without_doubt(named(*fnames))
    assert (found.title, found.groups) == (title, groups)
    assert next(iter(found.members.values())) == 2


def test_the_tables_own_groups_come_first():
    rows = [Row(f"x{n}.jpg", group=f"g{n // 2}") for n in range(8)]
    found = first_without_doubt(rows)
    assert found.title == "the table's own groups" and len(found.members) == 4


def test_names_that_are_labels_are_doubted():
    rows = [Row(f"{label}_{n}.jpg", labels=(label,)) for label in ("apple", "pear", "fig") for n in range(4)]
    rows += [Row(f"mixed_{n}.jpg", labels=("apple", "pear", "fig")) for n in range(2)]
    assert first_without_doubt(rows) is None and "look like labels" in groupings(rows)[0].doubt


def test_nothing_is_told_from_plain_numbers():
    assert groupings(named(*(f"{n:04}.jpg" for n in range(9)))) == []


def test_groups_can_be_joined_by_name():
    assert merged(["a", "b", "c"], [("b", "a")]) == ["a", "a", "c"]


# --- how it divides -----------------------------------------------------------------------------------------------


def test_shares_by_hand():
    table = shares(rows_of("a b", "a", "", "b"), [True, False, False, True])
    assert table.index.tolist() == ["all images", "a", "b"]
    assert table["training"].tolist() == [2, 1, 0] and table["validation"].tolist() == [2, 1, 2]
    assert table["share"].tolist() == [0.5, 0.5, 1.0]


def test_what_is_on_both_sides_by_hand():
    rows, parts = rows_of("a", "a", "a", "a"), [True, False, False, True]
    assert groups_across(["x", "x", "y", "z"], parts) == ["x"]
    assert alike_across(rows, parts, [("0.jpg", "1.jpg"), ("1.jpg", "2.jpg"), ("3.jpg", "gone.jpg")]) == [
        ("0.jpg", "1.jpg")
    ]


# --- kept with the dataset ---------------------------------------------------------------------------------------


def test_a_division_is_used_by_load_and_undone_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    folder = pascal(tmp_path / "set")
    home = edits.home(folder)
    before = load(folder, "multi-label").table["is_valid"].tolist()
    plan = Plan(GROUPS, 0.3, 7, "the folders", (("b", "a"),))
    use(home, plan, {f"train/{number}.jpg": number in (1, 6) for number in range(1, 7)})
    assert kept_plan(home) == plan
    assert load(folder, "multi-label").table["is_valid"].tolist() == [True, False, False, False, False, True]
    edits.add(home, "train/2.jpg", LEFT_OUT)
    assert kept_plan(home) == plan
    edits.undo(home, kinds=(edits.SPLIT,))
    assert kept_plan(home) is None
    edits.undo(home)
    assert load(folder, "multi-label").table["is_valid"].tolist() == before


def test_plans_that_cannot_be_read_are_none(tmp_path):
    use(tmp_path, Plan(), {"a.jpg": True})
    whole = (tmp_path / "splits.json").read_text()
    other_version = whole.replace('"version": 1', '"version": 2')
    for content in ("", "[]", '{"x": 1}', whole.replace("0.2", "7"), other_version):
        (tmp_path / "splits.json").write_text(content)
        assert kept_plan(tmp_path) is None
