"""The check of a data set: every fault planted by hand is found, with its pictures, and its fix makes load accept."""

import json
import time
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from engine import __main__ as command_line
from engine.data import edits
from engine.data.checks import HARMS, NOTE, STOPS, check, jobs
from engine.data.checks.image_facts import look_at
from engine.data.checks.image_findings import odd_sizes
from engine.data.checks.near_duplicates import MOST_BITS, near_pairs, nearly_same, same_bytes
from engine.data.checks.run_checks import bytes_to_look_at, journal_home
from engine.data.formats import DatasetError, load
from engine.jobs.array_cache import Store
from tests.dataset_files import annotation, biwi, put, voc, write_table

SIZE_WH = (64, 48)
HEADER = "fname,labels,is_valid"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path


def scene(seed: int, size_wh=SIZE_WH) -> Image.Image:
    """A picture unlike every other: a few large patches of colour."""
    rng = np.random.default_rng(seed)
    patches = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    return patches.resize(size_wh, Image.Resampling.BICUBIC)


def saved(image: Image.Image, kind="JPEG", **how) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def labelled(folder, rows, header=HEADER, images=None, table="train.csv"):
    """A table with a picture of its own for each row, but for those given."""
    write_table(folder / table, header, rows)
    files = {row[0]: saved(scene(at)) for at, row in enumerate(rows)} | (images or {})
    return put(folder, {f"train/{name}": content for name, content in files.items() if content is not None})


ROWS = [(f"{n}.jpg", ("dog", "cat", "dog cat", "")[n % 4], n >= 6) for n in range(10)]


def kinds(health) -> dict:
    return {finding.kind: finding for finding in health.findings}


def use(folder, fix):
    edits.add_each(journal_home(folder), fix.kind, fix.given)


def sound_after(folder, fix, task="multi-label"):
    """The record that load gives once the fix was used."""
    use(folder, fix)
    health = check(folder, task)
    assert health.is_accepted, health.findings
    return load(folder, task)


# --- a sound data set ---------------------------------------------------------------------------------------------


def test_a_sound_set_has_only_notes_and_its_counts_are_right(home):
    health = check(labelled(home / "set", ROWS), "multi-label")
    assert health.is_accepted and {finding.severity for finding in health.findings} == {NOTE}
    assert set(kinds(health)) == {"balance", "no label"}
    assert (health.image_count, health.training, health.validation) == (10, 6, 4)
    assert health.labels.to_dict("index") == {
        "cat": {"training": 3, "validation": 2, "all": 5},
        "dog": {"training": 3, "validation": 2, "all": 5},
    }
    assert kinds(health)["no label"].fnames == ("train/3.jpg", "train/7.jpg")


def test_what_load_accepts_the_check_accepts_and_the_other_way_round(home):
    for number, spoil in enumerate([None, ("1.jpg", "Dog", False), ("gone.jpg", "dog", False)]):
        folder = labelled(home / str(number), ROWS + ([spoil] if spoil else []), images={"gone.jpg": None})
        if spoil is None:
            load(folder, "multi-label")
        else:
            with pytest.raises(DatasetError):
                load(folder, "multi-label")
        assert check(folder, "multi-label").is_accepted == (spoil is None)


# --- names --------------------------------------------------------------------------------------------------------


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
    assert found["not named"].remedies[0].given.keys() == {"train/extra.jpg"}
    for kind in ("missing", "named twice", "nameless", "unsafe"):
        assert found[kind].severity == STOPS
        use(folder, found[kind].remedies[0])
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
    assert len(sound_after(folder, kinds(check(folder, "multi-label"))["missing"].remedies[-1]).table) == 10
    left = kinds(check(folder, "multi-label"))["left out"]
    assert left.fnames == ("train/gone.jpg",)
    use(folder, left.remedies[0])
    assert not check(folder, "multi-label").is_accepted


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


# --- files --------------------------------------------------------------------------------------------------------


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


# --- likeness -----------------------------------------------------------------------------------------------------


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
    facts = look_at(put(home / "set", files), list(files), kept=Store(home / "store"))
    assert same_bytes(facts) == [("a.jpg", "b.jpg")]
    assert nearly_same(facts) == [("a.jpg", "c.jpg")]


# --- what was seen is kept ----------------------------------------------------------------------------------------


def test_a_second_look_decodes_only_what_changed(home, monkeypatch):
    folder, kept = put(home / "set", {f"{n}.jpg": saved(scene(n)) for n in range(5)}), Store(home / "store")
    names = [f"{n}.jpg" for n in range(5)]
    first = look_at(folder, names, kept=kept)
    put(folder, {"2.jpg": saved(scene(77, (80, 60)))})
    opened = []
    from engine.data.checks import image_facts

    real = image_facts.open_image
    monkeypatch.setattr(
        image_facts, "open_image", lambda path, **how: opened.append(path.name) or real(path, **how)
    )
    second = look_at(folder, list(reversed(names)), kept=kept)
    assert opened == ["2.jpg"]
    assert second.sizes["2.jpg"] == (80, 60) and first.sizes["2.jpg"] == SIZE_WH
    assert second.array["look"][0] == first.array["look"][4]


def test_what_is_to_look_at_is_counted_in_bytes(home):
    folder = labelled(home / "set", ROWS)
    total = sum(file.stat().st_size for file in (folder / "train").iterdir())
    assert bytes_to_look_at(folder, "multi-label") == total
    check(folder, "multi-label")
    assert bytes_to_look_at(folder, "multi-label") == 0


# --- labels -------------------------------------------------------------------------------------------------------


def test_spellings_become_the_commonest(home):
    rows = [*ROWS, ("x.jpg", "Dog", False), ("y.jpg", "CAT", True), ("z.jpg", "c_at", False)]
    folder = labelled(home / "set", rows)
    finding = kinds(check(folder, "multi-label"))["spelling"]
    assert finding.fnames[:3] == ("train/x.jpg", "train/y.jpg", "train/z.jpg")
    assert finding.remedies[0].given == {"Dog": "dog", "CAT": "cat", "c_at": "cat"}
    assert [fix.given for fix in finding.remedies[1:]] == [{"CAT": "cat", "c_at": "cat"}, {"Dog": "dog"}]
    assert sound_after(folder, finding.remedies[0]).vocab == ("cat", "dog")


def test_a_label_with_one_picture_and_one_only_in_validation(home):
    rows = [*ROWS, ("x.jpg", "dgo", False), ("y.jpg", "fox", True), ("z.jpg", "fox", True)]
    folder = labelled(home / "set", rows)
    found = kinds(check(folder, "multi-label"))
    assert found["one picture only"].fnames == ("train/x.jpg",)
    assert found["only in validation"].fnames == ("train/y.jpg", "train/z.jpg")
    assert {found[kind].severity for kind in ("one picture only", "only in validation")} == {HARMS}
    use(folder, found["one picture only"].remedies[0])
    record = sound_after(folder, found["only in validation"].remedies[0])
    table = record.table.set_index("fname")
    assert record.vocab == ("cat", "dog", "fox") and table.loc["train/x.jpg", "labels"] == ()
    assert not table.loc["train/y.jpg", "is_valid"] and table.loc["train/z.jpg", "is_valid"]


def test_single_label_counts_what_it_does_not_use(home):
    health = check(labelled(home / "set", ROWS), "single-label")
    assert len(kinds(health)["several labels"].fnames) == 2 and health.training + health.validation == 6


def test_balance_harms_beyond_ten_to_one(home):
    def severity(folder, dogs):
        rows = [(f"{n}.jpg", "dog" if n < dogs else "cat", n % 2 == 0) for n in range(dogs + 2)]
        return kinds(check(labelled(folder, rows), "single-label"))["balance"].severity

    assert severity(home / "a", 20) == NOTE and severity(home / "b", 21) == HARMS
    rows = [(f"{n}.jpg", ("dog", "cat")[n % 2], n > 5) for n in range(8)]
    even = kinds(check(labelled(home / "c", rows), "single-label"))["balance"]
    assert even.sentence == "Every label has 4 pictures: just balanced."


def test_one_label_only_or_no_validation_stops(home):
    rows = [(f"{n}.jpg", "dog", n > 2) for n in range(5)]
    assert kinds(check(labelled(home / "a", rows), "single-label"))["too few labels"].severity == STOPS
    rows = [(f"{n}.jpg", ("dog", "cat")[n % 2], False) for n in range(5)]
    finding = kinds(check(labelled(home / "b", rows), "single-label"))["parts"]
    assert "No picture is for validation" in finding.sentence
    assert len(sound_after(home / "b", finding.remedies[0], "single-label").part(valid=True).table) == 1


# --- points -------------------------------------------------------------------------------------------------------


POINTS = [(f"{n}.jpg", 10 + n, 20, n >= 6) for n in range(10)]


def pointed(folder, rows, **how):
    return labelled(folder, rows, "fname,x,y,is_valid", table="points.csv", **how)


def test_a_point_outside_is_clipped_or_left_out(home):
    folder = pointed(home / "set", [*POINTS, ("x.jpg", 70, -3, False)])
    finding = kinds(check(folder, "points"))["outside"]
    assert (finding.fnames, finding.severity) == (("train/x.jpg",), STOPS)
    assert [fix.says for fix in finding.remedies] == ["Move to the edge of the picture", "Leave it out"]
    assert sound_after(folder, finding.remedies[0], "points").points_px()[-1].tolist() == [64, 0]


def test_exchanged_axes_are_offered_to_be_exchanged(home):
    folder = pointed(home / "set", [(f"{n}.jpg", 20 + n, 55 - n, n >= 6) for n in range(10)])
    finding = kinds(check(folder, "points"))["outside"]
    assert finding.remedies[0].says.startswith("Exchange x and y")
    assert sound_after(folder, finding.remedies[0], "points").points_px()[0].tolist() == [55, 20]


def test_the_same_picture_with_far_points_is_told_and_with_near_ones_not(home):
    twin = saved(scene(50))
    for name, x, is_told in (("near", 31, False), ("far", 50, True)):
        rows = [*POINTS, ("a.jpg", 30, 20, False), ("b.jpg", x, 20, False)]
        folder = pointed(home / name, rows, images={"a.jpg": twin, "b.jpg": twin})
        assert ("same, other answers" in kinds(check(folder, "points"))) == is_told


def test_biwi_is_examined(home):
    health = check(biwi(home / "set"), "points")
    assert health.is_accepted and health.labels.empty


def test_pictures_kept_for_testing_are_not_said_to_be_without_a_row(home):
    found = {finding.kind: finding for finding in check(voc(home / "voc"), "multi-label").findings}
    assert "not named" not in found
    assert found["for testing"].fnames == ("JPEGImages/000006.jpg",)
    assert "1 picture takes no part, as the data set keeps it for testing" in found["for testing"].sentence


# --- the score to beat --------------------------------------------------------------------------------------------


def test_the_score_to_beat_several_labels_by_hand(home):
    rows = [(f"{n}.jpg", "dog" if n < 5 else "", False) for n in range(8)]
    rows += [("8.jpg", "dog cat", True), ("9.jpg", "dog", True), ("10.jpg", "", True)]
    beaten = check(labelled(home / "set", rows), "multi-label").baselines
    assert [one.value for one in beaten] == [f"{3 / 6:.4f}", f"{4 / 6:.4f}"]  # 3 yes of 3 pictures x 2 labels
    assert "“dog”" in beaten[1].says and "skill of 0.3333" in beaten[1].says


def test_the_score_to_beat_one_label_by_hand(home):
    rows = [(f"{n}.jpg", "dog" if n < 3 else "cat", False) for n in range(5)]
    rows += [(f"{n}.jpg", "dog" if n < 6 else "cat", True) for n in range(5, 9)]
    (one,) = check(labelled(home / "set", rows), "single-label").baselines
    assert (one.name, one.value) == ("accuracy", "0.2500") and "“dog”" in one.says


def test_the_score_to_beat_points_by_hand(home):
    rows = [
        ("a.jpg", 10, 20, False),
        ("b.jpg", 30, 20, False),
        ("c.jpg", 20, 23, True),
        ("d.jpg", 24, 20, True),
    ]
    rows += [("e.jpg", 26, 28, True)]
    (one,) = check(pointed(home / "set", rows), "points").baselines
    off = np.hypot(
        24 - 20, 20 - 20
    )  # the middle one of three distances to the training points' mean, (20, 20)
    assert one.value == f"{off:.1f} px" and one.says.startswith(f"{100 * off / 64:.1f} % of the width")


# --- the command line and the process beside the pages ------------------------------------------------------------


def test_the_command_prints_findings_and_exits_2_where_training_would_refuse(home, capsys):
    folder = labelled(home / "set", ROWS)
    assert command_line.main(["check", str(folder), "--task", "multi-label"]) == 0
    assert "to beat: accuracy_multi" in capsys.readouterr().out
    (folder / "train/1.jpg").unlink()
    assert command_line.main(["check", str(folder), "--task", "multi-label"]) == 2
    assert "stops training: Not there, looking in “train”" in capsys.readouterr().out
    assert command_line.main(["check", "--json", "--all", "--task", "multi-label", str(folder)]) == 2
    printed = capsys.readouterr()
    (worst, *_) = json.loads(printed.out)["findings"]
    assert worst["severity"] == "stops" and worst["image_count"] == 1 and worst["images"] == ["train/1.jpg"]
    assert printed.err.endswith("cannot be trained on yet: fix what stops training (1 finding).\n")


def test_all_names_every_image_of_every_finding(home, capsys):
    folder = labelled(home / "set", ROWS)
    for number in range(1, 6):
        (folder / f"train/{number}.jpg").unlink()
    missing = {f"    train/{number}.jpg" for number in range(1, 6)}
    for flags, listed in ([], set()), (["--all"], missing):
        assert command_line.main(["check", str(folder), "--task", "multi-label", *flags]) == 2
        lines = capsys.readouterr().out.splitlines()
        assert {line.partition(":")[0] for line in lines if line.startswith("    ")} & missing == listed


def test_a_process_looks_and_tells_how_far_it_is(home):
    folder = labelled(home / "set", ROWS)
    jobs.start(folder, "multi-label")
    assert jobs.share(folder) is not None
    end = time.monotonic() + 60
    while jobs.share(folder) is not None and time.monotonic() < end:
        time.sleep(0.1)
    assert bytes_to_look_at(folder, "multi-label") == 0, jobs.log(folder)


def test_a_damaged_status_is_no_check_under_way(home):
    folder = labelled(home / "set", ROWS)
    job = jobs.job_for(folder)
    job.create()
    assert jobs.share(folder) == 0
    (job.folder / "status.json").write_text("[]")
    assert jobs.share(folder) is None


def test_a_slip_of_the_pen_is_offered_to_be_written_right(home):
    folder = labelled(home / "set", [*ROWS, ("x.jpg", "dogg", False)])
    finding = kinds(check(folder, "multi-label"))["one picture only"]
    assert finding.remedies[0].says == "Write “dogg” as “dog”"
    assert sound_after(folder, finding.remedies[0]).vocab == ("cat", "dog")


def test_an_image_of_no_known_part_can_only_be_left_out(home):
    folder = labelled(home / "set", [*ROWS, ("x.jpg", "dog", "maybe")])
    finding = kinds(check(folder, "multi-label"))["part"]
    assert (finding.fnames, finding.severity) == (("train/x.jpg",), STOPS)
    assert "train/x.jpg" not in set(sound_after(folder, finding.remedies[0]).table["fname"])
