"""A review as a process beside the page, as a command, and as decisions that lie with the dataset."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from engine import paths
from engine.__main__ import main
from engine.data import edits, formats, library
from engine.data.edits import KEPT, LABELS, LEFT_OUT, NEW_LABEL, POINT
from engine.experiments.label_review import job, storage, targets
from engine.experiments.label_review.session import ReviewSession
from engine.experiments.label_review.storage import ReviewError
from engine.jobs.status import FAILED, FINISHED, Status
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training import features
from tests.tiny_data import labelled, last_json, pointed, use_as_samples


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review")
    return labelled(folder / "squares", count=40), pointed(folder / "points", count=30)


@pytest.fixture(autouse=True)
def home(data, tmp_path, monkeypatch):
    """The squares are the sample scenes, their points the sample heads; features are computed once for all tests."""
    use_as_samples(monkeypatch, *data, own=tmp_path)
    return tmp_path


def subject(key="scenes"):
    return next(one for one in targets.all_subjects() if one.key == key)


def reviewed(key="scenes", folder=None) -> ReviewSession:
    """A subject ranked in this process, in a fresh folder if one is given."""
    one = subject(key)
    job.work(one.job, one.data, one.task, False, lambda *_: None)
    return ReviewSession.of(subject(key))


def wait(review) -> Status:
    end = time.monotonic() + 120
    while review.is_active:
        assert time.monotonic() < end, (review.folder / "log.txt").read_text()
        time.sleep(0.1)
    return review.status


# --- the process ------------------------------------------------------------------------------------------------


@pytest.mark.waits
def test_a_review_runs_in_a_process_of_its_own_and_is_found_again():
    one = subject("heads")
    assert not one.job.exists and not one.job.is_ranked
    job.start(one.job, one.data, one.task)
    assert subject("heads").job.is_active
    assert wait(one.job).state == FINISHED, (one.job.folder / "log.txt").read_text()
    session = ReviewSession.of(subject("heads"))
    assert session.ranking.task == POINTS and len(session.fnames) == 30
    assert session.folder == paths.HEADS.resolve()


def test_what_is_wrong_with_the_data_is_the_reviews_message(tmp_path):
    (tmp_path / "train.csv").write_text("fname,labels\nmissing.jpg,a\n")
    review = job.Review(tmp_path / "review")
    with pytest.raises(formats.DatasetError):
        job.work(review, tmp_path, MULTI_LABEL, False, lambda *_: None)
    assert review.state == FAILED and "missing.jpg" in review.status.message
    assert not review.is_ranked


def test_a_second_look_after_a_drop_looks_at_no_picture_again(monkeypatch):
    session = reviewed()
    subject().decide(session.fnames[0], LEFT_OUT)
    monkeypatch.setattr(features, "of_squares", lambda *_: pytest.fail("the features are kept"))
    again = reviewed()
    assert len(again.fnames) == 39 and session.fnames[0] not in again.fnames


# --- kept and read again ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["scenes", "scenes-one-label", "heads"])
def test_what_is_kept_is_read_again_as_it_was(key, tmp_path):
    one = subject(key)
    record = formats.load(one.data, one.task)
    from engine.experiments.label_review import cross_validation, rank

    found = rank(record, cross_validation.predictions(record, features.of_dataset(record)))
    storage.save_dataset(tmp_path, record)
    storage.save_ranking(tmp_path, found, 3)
    again, before = storage.ranking(tmp_path)
    assert before == 3 and (again.task, again.vocab, again.notes) == (found.task, found.vocab, found.notes)
    assert again.table.to_dict("records") == found.table.to_dict("records")
    np.testing.assert_allclose(again.probs, found.probs, atol=1e-6)
    record_again = storage.dataset(tmp_path)
    assert record_again.table.to_dict("records") == record.table.to_dict("records")


@pytest.mark.parametrize("name", ["ranking.json", "probs.npy", "dataset.json"])
def test_a_broken_review_says_look_again(name, tmp_path):
    one = subject()
    job.work(job.Review(tmp_path), one.data, one.task, False, lambda *_: None)
    (tmp_path / name).write_bytes(b"{")
    with pytest.raises(ReviewError, match="start the review again"):
        (storage.dataset if name == "dataset.json" else storage.ranking)(tmp_path)


# --- decisions --------------------------------------------------------------------------------------------------


def test_decisions_about_a_sample_lie_on_the_shelf_and_leave_the_sample_as_it_is():
    session = reviewed()
    before = formats.load(paths.SCENES, MULTI_LABEL).table
    first = session.fnames[0]
    assert library.all_sets() == []
    session.subject.decide(first, LABELS, ["blue"])
    now = subject()
    assert [one.name for one in library.all_sets()] == ["Sample scenes, reviewed"]
    assert formats.load(paths.SCENES, MULTI_LABEL).table.equals(before)
    table = formats.load(now.data, MULTI_LABEL).table.set_index("fname")
    assert table.loc[first, "labels"] == ("blue",)
    assert ReviewSession.of(now).decided[first].kind == LABELS
    assert ReviewSession.of(now).counts() == {"relabelled": 1}


def test_the_two_tasks_of_the_scenes_are_decided_apart():
    reviewed()
    subject().decide("train/000.png", KEPT)
    assert subject("scenes-one-label").entry is None


def test_undo_takes_back_only_what_this_review_decided():
    session = reviewed()
    first, second = session.fnames[:2]
    assert session.subject.undo(session.before) is None
    session.subject.decide(first, LEFT_OUT)
    subject().decide(second, KEPT)
    edits.add(subject().entry.folder, "green", NEW_LABEL)
    assert subject().undo(session.before).given == {second: None}
    assert list(ReviewSession.of(subject()).decided) == [first]
    assert subject().undo(session.before).given == {first: None}
    assert subject().undo(session.before) is None and subject().decisions.now.new_labels == ["green"]


def test_after_a_second_look_only_what_was_kept_stays_decided():
    session = reviewed()
    kept, relabelled = session.fnames[:2]
    session.subject.decide(kept, KEPT)
    subject().decide(relabelled, LABELS, ["red"])
    again = reviewed()
    assert again.before == 2 and set(again.decided) == {kept}
    assert again.ranking.table.set_index("fname").loc[relabelled, "given"] == ("red",)
    assert again.subject.undo(again.before) is None


def test_the_counts_go_on_after_a_second_look():
    session = reviewed()
    kept, relabelled, later = session.fnames[:3]
    edits.add(session.subject.decide(kept, KEPT).entry.folder, "elsewhere.png", LABELS, ["red"])
    subject().decide(relabelled, LABELS, ["red"])
    reviewed()
    subject().decide(later, LEFT_OUT)
    again = reviewed()
    assert again.made == set() and again.reviewed == {kept: KEPT, relabelled: LABELS, later: LEFT_OUT}
    assert again.counts() == {"kept": 1, "relabelled": 1, "excluded": 1}
    subject().decide(relabelled, KEPT)
    assert ReviewSession.of(subject()).counts() == {"kept": 2, "excluded": 1}


def test_the_next_open_picture_looks_wrong_and_comes_after():
    session = reviewed()
    table = session.ranking.table.assign(looks_wrong=[True] * 3 + [False] * 37)
    session = ReviewSession(
        session.subject, type(session.ranking)(**vars(session.ranking) | {"table": table}), 0
    )
    a, b, c = session.fnames[:3]
    assert (session.next_open(), session.next_open(0), session.next_open(2)) == (a, b, a)
    session.subject.decide(a, KEPT)
    later = ReviewSession(subject(), session.ranking, 0)
    assert (later.next_open(), later.next_open(2)) == (b, b)
    assert later.doubtful == [a, b, c]


def test_once_nothing_looks_wrong_the_next_undecided_image_follows():
    session = reviewed()
    table = session.ranking.table.assign(looks_wrong=False)
    session = ReviewSession(
        session.subject, type(session.ranking)(**vars(session.ranking) | {"table": table}), 0
    )
    _first, second, third = session.fnames[:3]
    assert session.next_undecided(0) == second and session.next_undecided(len(session.fnames) - 1) is None
    session.subject.decide(second, KEPT)
    assert ReviewSession(subject(), session.ranking, 0).next_undecided(0) == third


def test_sets_of_the_library_are_subjects_of_their_own(data):
    one = library.add("my squares", SINGLE_LABEL, in_place=data[0])
    keys = [each.key for each in targets.all_subjects()]
    assert keys == ["scenes", "scenes-one-label", "heads"] or one.folder.name in keys
    other = library.add("my points", POINTS, in_place=data[1].parent / "points" / "points.csv")
    mine = subject(other.folder.name)
    assert (mine.title, mine.task, mine.known_wrong()) == ("my points", POINTS, ())
    mine.decide("images/000.png", POINT, (3.0, 4.0))
    x, y = formats.load(mine.data, POINTS).table.set_index("fname").loc["images/000.png", ["x", "y"]]
    assert (x, y) == (3, 4)


def test_the_difference_is_measured_against_the_labels_as_they_were_ranked():
    session = reviewed()
    training = session.ranking.table[~session.ranking.table["is_valid"]]["fname"]
    for fname in training[:3]:
        subject().decide(fname, LEFT_OUT)
    one = subject()
    found = job.work(one.job, one.data, one.task, True, lambda *_: None)
    assert found == storage.difference(one.job.folder) and found["changed"] == 3
    reviewed()
    assert not subject().job.has_difference


# --- the command ------------------------------------------------------------------------------------------------


def test_the_command_prints_what_looks_wrong_and_writes_all_of_it(data, capsys, tmp_path):
    table = tmp_path / "doubts.csv"
    arguments = [
        "review",
        "--data",
        str(data[0]),
        "--task",
        "multi-label",
        "--csv",
        str(table),
        "--first",
        "2",
    ]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    told = last_json(said)
    assert told["pictures"] == 40 and len(said.strip().splitlines()) == 1 + min(2, told["look_wrong"])
    lines = table.read_text().splitlines()
    assert lines[0] == "fname,given,seen,looks_wrong,why" and len(lines) == 41
    assert main([*arguments, "--json"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and len(last_json(out)["suspects"]) == min(2, told["look_wrong"])


def test_bad_data_ends_with_one_sentence(capsys, tmp_path):
    assert main(["review", "--data", str(tmp_path / "nowhere"), "--task", "points"]) == 2
    assert "no folder or table" in capsys.readouterr().err


def test_pages_review_without_a_training_library():
    program = "import sys\nfrom engine.experiments.label_review import job, session, targets\n"
    program += "print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=paths.ROOT, capture_output=True, text=True, env=os.environ
    )
    assert done.stdout.strip() == "False", done.stderr
