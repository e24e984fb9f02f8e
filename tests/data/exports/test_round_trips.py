"""What is exported is imported as the same record, from the folder and from the zip, or it is refused before."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data.exports import FORMATS, ExportError, formats_for, plan_export, record_to_export
from engine.data.formats import load
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from tests.data.exports.round_trip import IMAGE, assert_comes_back, assert_same, labelled, pointed, unpacked
from tests.dataset_files import biwi, put, voc, write_table

EVERY = [(task, one.name) for task, formats in FORMATS.items() for one in formats]
LABELS = [(task, name) for task, name in EVERY if task != POINTS]
OF_POINTS = [name for task, name in EVERY if task == POINTS]
NAMES = (
    *("plain.jpg", "with space.jpg", "käse 猫.jpg", "50% #1?.jpg", "a+b&c.jpg", "deep/er/1.jpg"),
    *("cat/1.jpg", "dog/1.jpg", "dog/1.png", "2 -1.jpg", "1_1.jpg", "images/7.jpg"),
)
"""Names with signs that web addresses, lists and tables use, and equal stems in folders and beside each other."""
CLASSES = (
    "yes",
    "no",
    "on",
    "1st",
    "007",
    "hot dog",
    'say "hi"',
    "it's",
    "käse 猫",
    "null",
    "<b>&amp;",
    "- x: y",
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path


def one_label(names=NAMES, classes=CLASSES):
    return {name: (classes[at % len(classes)],) for at, name in enumerate(names)}


def many_labels(names=NAMES, classes=CLASSES):
    return {name: tuple(sorted(classes[: at % 5])) for at, name in enumerate(names)} | {names[0]: classes[4:]}


@pytest.mark.parametrize(("task", "name"), LABELS)
def test_awkward_file_names_come_back(home, task, name):
    labels = (
        one_label(classes=("cat", "dog")) if task == SINGLE_LABEL else many_labels(classes=tuple("abcdef"))
    )
    dataset = labelled(home / "set", labels, groups=["g 1", "g 2", None] * 4)
    assert_comes_back(dataset, task, name, home)


@pytest.mark.parametrize(("task", "name"), LABELS)
def test_awkward_classes_come_back(home, task, name):
    names = [f"{at}.jpg" for at in range(3 * len(CLASSES))]
    labels = one_label(names) if task == SINGLE_LABEL else many_labels(names)
    labels |= {at: ("yes", "no") for at in names[-2:]} if task == MULTI_LABEL else {}
    dataset = labelled(home / "set", labels)
    if name in ("pascal", "hugging-face"):  # in a table, null means that there is no label
        with pytest.raises(ExportError, match="cannot hold the label “null”"):
            plan_export(dataset, task, name)
        labels = {at: tuple(one for one in row if one != "null") for at, row in labels.items()}
        dataset = labelled(home / "set", labels)
    assert_comes_back(dataset, task, name, home)


@pytest.mark.parametrize("name", OF_POINTS)
def test_points_come_back(home, name):
    points = {fname: (at / 3, 0.1 + 0.2 + at) for at, fname in enumerate(NAMES)}
    points |= {"corner.jpg": (0, 0), "edge.jpg": (64, 48), "turned.jpg": (10, 30), "z.jpg": (63.999, 0)}
    dataset = pointed(home / "set", points, groups=["a", "b"] * 8, turned=("turned.jpg",))
    plan = assert_comes_back(dataset, POINTS, name, home)
    told = {one.kind: one for one in plan.limitations}
    assert told["turned images"].fnames == ("turned.jpg",)


@pytest.mark.parametrize("name", OF_POINTS)
def test_points_near_the_corner_are_not_taken_for_fractions(home, name):
    points = {f"{at}.jpg": (at / 10, 0.5) for at in range(9)}
    assert_comes_back(pointed(home / "set", points), POINTS, name, home)


@pytest.mark.parametrize("name", [name for task, name in EVERY if task == MULTI_LABEL])
def test_pascal_voc_comes_back(home, name):
    assert_comes_back(load(voc(home / "set"), MULTI_LABEL), MULTI_LABEL, name, home)


@pytest.mark.parametrize("name", OF_POINTS)
def test_biwi_comes_back(home, name):
    assert_comes_back(load(biwi(home / "set"), POINTS), POINTS, name, home)


@pytest.mark.parametrize("name", formats_for(SINGLE_LABEL))
def test_one_label_exports_what_its_task_does_not_use_where_there_is_room(home, name):
    """The split is that of the task; what it does not use stays, but for formats with one label for each image."""
    rows = [(f"{at}.jpg", ("cat", "dog", "cat dog", "")[at % 4]) for at in range(24)]
    write_table(home / "set" / "train.csv", "fname,labels", rows)
    put(home / "set", {f"train/{fname}": IMAGE for fname, _ in rows})
    plan = plan_export(record_to_export(home / "set", SINGLE_LABEL), SINGLE_LABEL, name)
    before = load(home / "set", SINGLE_LABEL)
    after = load(unpacked(plan, home), SINGLE_LABEL)
    names = [plan.contents.images[fname] for fname in after.table["fname"]]
    assert after.vocab == before.vocab
    assert dict(zip(names, after.table["is_valid"], strict=True)) == dict(
        zip(before.table["fname"], before.table["is_valid"], strict=True)
    )
    assert len(plan.contents.images) == (12 if name == "yolo" else 24)
    unused = [one for one in plan.limitations if one.kind == "unused images"]
    assert [len(one.fnames) for one in unused] == ([12] if name == "yolo" else [])


@pytest.mark.parametrize("task", FORMATS)
def test_an_export_of_an_export_has_the_same_names(home, task):
    """Folders of parts and classes do not pile up."""
    names = [f"{at}.jpg" for at in range(6)]
    dataset = (
        pointed(home / "set", {name: (1, 2) for name in names})
        if task == POINTS
        else labelled(home / "set", one_label(names, ("cat", "dog")))
    )
    for name in formats_for(task):
        first = unpacked(plan_export(dataset, task, name), home / name)
        again = plan_export(load(first, dataset.task), task, name)
        assert sorted(again.contents.images) == sorted(plan_export(dataset, task, name).contents.images)


# --- any names and labels -----------------------------------------------------------------------------------------

SIGNS = st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="/\\.")
FNAMES = st.lists(st.text(SIGNS, min_size=1, max_size=5), min_size=4, max_size=6, unique_by=str.casefold)
LABEL = st.text("ab1,;|'\"[]{}<&:#-/ éß猫", min_size=1, max_size=5).map(str.strip).filter(bool)
few = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # fmt: skip


def _comes_back_or_is_refused(dataset, task, folder) -> None:
    for name in formats_for(task):
        try:
            plan = plan_export(dataset, task, name)
        except ExportError as error:
            assert str(error).endswith(".")
            continue
        assert_same(plan, load(unpacked(plan, folder / name), dataset.task))


def _key(label: str) -> str:
    return "".join(sign for sign in label.casefold() if sign not in " -_")


@few
@given(FNAMES, st.lists(LABEL, min_size=2, max_size=4, unique_by=_key), st.data())
@pytest.mark.parametrize("task", [SINGLE_LABEL, MULTI_LABEL])
def test_any_labels_come_back_or_are_refused(tmp_path_factory, task, names, vocab, data):
    """Nothing is ever read as something else."""
    several = st.lists(st.sampled_from(vocab), unique=True, max_size=1 if task == SINGLE_LABEL else 4)
    labels = {f"{name}.jpg": tuple(data.draw(several)) for name in names}
    first, second, *_ = labels
    labels |= {first: (vocab[0],), second: (vocab[1],)}
    folder = tmp_path_factory.mktemp("any")
    dataset = labelled(folder / "set", labels)
    _comes_back_or_is_refused(dataset, task, folder)


@few
@given(FNAMES, st.data())
def test_any_points_come_back_or_are_refused(tmp_path_factory, names, data):
    x, y = (st.floats(0, side, allow_subnormal=False) for side in (64, 48))
    points = {f"{name}.jpg": data.draw(st.tuples(x, y)) for name in names}
    folder = tmp_path_factory.mktemp("any")
    _comes_back_or_is_refused(pointed(folder / "set", points), POINTS, folder)
