"""Faults of names: lost files, unsafe names, copies, and images that were left out."""

from engine.data import edits
from engine.data.checks import HARMS, NOTE, STOPS, check, run_checks
from engine.data.formats import load
from engine.data.formats.read_options import ReadOptions
from tests.data.checks.small_datasets import ROWS, kinds, labelled, saved, scene, sound_after, use
from tests.dataset_files import annotation, put, voc


def test_all_faults_of_names_are_found_at_once_each_with_its_picture(home):
    rows = [*ROWS, ("gone.jpg", "dog", False), ("UPPER.JPG", "dog", False), ("1.jpg", "dog", False)]
    rows += [("", "dog", False), ("../out.jpg", "dog", False)]
    images = {"gone.jpg": None, "UPPER.JPG": None, "": None, "../out.jpg": None}
    folder = labelled(home / "set", rows, images=images)
    put(folder, {"train/upper.jpg": saved(scene(99)), "train/extra.jpg": saved(scene(98))})
    found = kinds(check(folder, "multi-label"))
    assert found["missing"].fnames == ("train/gone.jpg",)
    assert found["named twice"].fnames == ("train/1.jpg",)
    assert found["nameless"].fnames == ("line 15",)
    assert found["unsafe"].fnames == ("../out.jpg",)
    assert found["not named"].fnames == ("train/extra.jpg",)
    assert found["not named"].severity == NOTE
    assert found["not named"].fixes[0].given.keys() == {"train/extra.jpg"}
    stops = {"missing": HARMS, "nameless": HARMS, "named twice": STOPS, "unsafe": STOPS}
    for kind, severity in stops.items():
        assert found[kind].severity == severity
        use(folder, found[kind].fixes[0])
    record = load(folder, "multi-label")
    assert len(record.table) == 11
    table = record.table.set_index("fname")
    assert table.loc["train/1.jpg", "labels"] == ("cat", "dog") and "train/upper.jpg" in table.index


def test_two_names_for_one_file_with_other_labels_are_told(home):
    rows = [*ROWS, ("A.jpg", "dog", False), ("A.JPG", "cat", False)]
    folder = labelled(home / "set", rows, images={"A.jpg": None, "A.JPG": None})
    put(folder, {"train/a.jpg": saved(scene(99))})
    assert kinds(check(folder, "multi-label"))["named twice"].fnames == ("train/a.jpg",)


def test_what_was_left_out_is_listed_and_can_be_put_back(home):
    folder = labelled(home / "set", [*ROWS, ("gone.jpg", "dog", False)], images={"gone.jpg": None})
    assert len(sound_after(folder, kinds(check(folder, "multi-label"))["missing"].fixes[-1]).table) == 10
    left = kinds(check(folder, "multi-label"))["left out"]
    assert left.fnames == ("train/gone.jpg",)
    use(folder, left.fixes[0])
    assert "missing" in kinds(check(folder, "multi-label"))


def test_a_table_that_cannot_be_read_is_one_finding(home):
    put(home / "set", {"train.csv": b"\xff\xfe\x00\x01", "train/1.jpg": saved(scene(1))})
    health = check(home / "set", "multi-label")
    assert not health.is_accepted and health.subject is None
    assert not check(home / "nowhere", "multi-label").is_accepted


def test_voc_with_lost_files(home):
    folder = voc(home / "set")
    (folder / "Annotations/000002.xml").unlink()
    put(folder, {"Annotations/000005.xml": annotation("000005.jpg", ("", 1, 1, 2, 2))})
    found = kinds(check(folder, "multi-label"))
    assert found["missing annotation"].fnames == ("JPEGImages/000002.jpg",)
    assert found["unread annotation"].fnames == ("JPEGImages/000005.jpg",)


def test_pictures_kept_for_testing_are_not_said_to_be_without_a_row(home):
    found = {finding.kind: finding for finding in check(voc(home / "voc"), "multi-label").findings}
    assert "not named" not in found
    assert found["for testing"].fnames == ("JPEGImages/000006.jpg",)
    assert "1 image is unused, because the dataset keeps it for testing" in found["for testing"].sentence


def test_images_only_have_one_finding_until_all_are_labelled(home):
    folder = put(home / "set", {f"{n}.jpg": saved(scene(n)) for n in range(4)})

    def found():
        return kinds(check(folder, "single-label", options=ReadOptions(format="pictures")))

    assert [(kind, one.severity, len(one.fnames)) for kind, one in found().items()] == [
        ("unlabelled", STOPS, 4)
    ]
    edits.add(run_checks.journal_home(folder), ["0.jpg", "1.jpg", "2.jpg"], edits.LABELS, ["cat"])
    rest = found()["unlabelled"]
    assert rest.severity == NOTE and rest.sentence == "1 image is unused until it gets a label: 3.jpg."
    edits.add(run_checks.journal_home(folder), "3.jpg", edits.LABELS, ["dog"])
    assert "unlabelled" not in found()
