"""A teacher shares a dataset or a run: everybody who has signed in reads it, and nobody else changes it."""

import json
import re
from dataclasses import replace

import pytest

from engine import paths, runs
from engine.data import edits, library, shared_datasets
from engine.data.formats import load
from engine.experiments.label_review import targets
from engine.jobs import access, readers, shares, user_scope
from engine.jobs.access import READ_ONLY, REFUSED
from engine.jobs.job import Job
from engine.jobs.shares import ShareError
from engine.tasks import MULTI_LABEL
from engine.training import launch
from tests.jobs.class_room import (
    ANNA,
    BERT,
    CARL,
    SECRETS,
    dataset_of,
    furnish,
    run_folder_of,
    run_of,
    sign_in,
)


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """Carl shares his dataset and his run, and Anna is served."""
    furnish(tmp_path, monkeypatch)
    sign_in(CARL)
    shared_datasets.share(dataset_of(CARL))
    shares.share(run_folder_of(CARL))
    sign_in(ANNA)
    return tmp_path


def files_of(person):
    places = (dataset_of(person).folder, run_folder_of(person))
    return {file: file.read_bytes() for place in places for file in place.rglob("*") if file.is_file()}


def test_everybody_reads_what_is_shared_and_nothing_else(shared):
    titles = ["animals", "animals (shared by your teacher)"]
    assert list(shared_datasets.by_title()) == titles
    assert len(load(dataset_of(CARL).folder, MULTI_LABEL).table) == 6
    assert run_of(CARL).vocab and run_of(CARL).is_shared_with_me
    assert [run.folder for run in runs.all_runs()][-2:] == [run_folder_of(ANNA), run_folder_of(CARL)]
    assert [one.title for one in targets.all_subjects() if not one.sample] == titles
    for other in (dataset_of(BERT).folder, run_folder_of(BERT), dataset_of(CARL).folder.parent):
        assert not access.is_allowed(other)


def test_nobody_but_those_who_signed_in_reads_it(shared):
    sign_in(None)
    assert not access.is_allowed(dataset_of(CARL).folder) and not shares.readable()
    user_scope.set_user_provider(lambda: "a" * 32)
    assert not access.is_allowed(dataset_of(CARL).folder)


CHANGES = {
    "decide": lambda: edits.add(dataset_of(CARL).folder, "train/1.jpg", "kept"),
    "undo": lambda: edits.undo(dataset_of(CARL).folder),
    "rename": lambda: library.rename(dataset_of(CARL), "mine"),
    "read otherwise": lambda: library.change(dataset_of(CARL), task="single-label"),
    "remove": lambda: library.remove(dataset_of(CARL)),
    "review": lambda: targets.all_subjects()[-1].decide("train/1.jpg", "kept"),
    "thresholds": lambda: run_of(CARL).save_thresholds({"cat": 0.1}),
    "reset thresholds": lambda: run_of(CARL).reset_thresholds(),
    "rename the run": lambda: launch.rename(run_of(CARL), "mine"),
    "delete the run": lambda: launch.delete(run_of(CARL)),
    "stop the run": lambda: launch.stop(run_of(CARL)),
    "resume the run": lambda: launch.resume(run_of(CARL)),
    "share it again": lambda: shares.share(dataset_of(CARL).folder),
    "end the share": lambda: shares.unshare(dataset_of(CARL).folder),
}


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_else_changes_it(shared, change):
    sign_in(CARL)
    edits.add(dataset_of(CARL).folder, "train/0.jpg", "kept")
    sign_in(ANNA)
    before = files_of(CARL)
    with pytest.raises(ValueError) as caught:
        CHANGES[change]()
    assert str(caught.value).count(".") == 1 and "Traceback" not in str(caught.value)
    assert files_of(CARL) == before


def test_the_refusal_says_what_to_do_and_other_paths_tell_nothing(shared):
    with pytest.raises(edits.DecisionError, match=re.escape(READ_ONLY)):
        edits.add(dataset_of(CARL).folder, "train/1.jpg", "kept")
    with pytest.raises(edits.DecisionError, match=re.escape(REFUSED)):
        edits.add(dataset_of(BERT).folder, "train/1.jpg", "kept")


def test_a_copy_is_ones_own_with_the_decisions_so_far(shared):
    sign_in(CARL)
    edits.add(dataset_of(CARL).folder, "train/0.jpg", "kept")
    sign_in(ANNA)
    mine = shared_datasets.copy(dataset_of(CARL))
    assert mine.name == "animals 2" and mine.folder.parent == library.folder()
    edits.add(mine.folder, "train/1.jpg", "kept")
    assert len(edits.read(mine.folder).standing) == 2
    assert len(edits.read(dataset_of(CARL).folder).standing) == 1
    assert not list(library.folder().glob(".copying*"))
    with pytest.raises(library.LibraryError, match=re.escape(REFUSED)):
        shared_datasets.copy(dataset_of(BERT))


def test_only_a_teacher_shares_and_only_their_own(shared):
    for person in (ANNA, None, replace(CARL, email=""), replace(CARL, subject="9", email="eve@x.example")):
        sign_in(person)
        with pytest.raises(ShareError, match="Only a teacher"):
            shares.share(dataset_of(ANNA).folder)
    sign_in(CARL)
    own = dataset_of(CARL).folder
    (own.parent / "link").symlink_to(dataset_of(ANNA).folder)
    for folder in (dataset_of(ANNA).folder, own.parent, own / "pictures", own.parent / "link", paths.SCENES):
        with pytest.raises(ShareError, match="your own"):
            shares.share(folder)


def test_a_dataset_that_lies_elsewhere_is_not_shared_but_a_sample_is(shared):
    sign_in(CARL)
    sample = library.add("scenes", MULTI_LABEL, in_place=paths.SCENES)
    shared_datasets.share(sample)
    elsewhere = library.add("other", MULTI_LABEL, in_place=dataset_of(CARL).folder / "scenes")
    with pytest.raises(ShareError, match="another folder"):
        shared_datasets.share(elsewhere)


def test_it_ends_at_once(shared):
    sign_in(CARL)
    shares.unshare(dataset_of(CARL).folder)
    sign_in(ANNA)
    assert not access.is_allowed(dataset_of(CARL).folder) and access.is_allowed(run_folder_of(CARL))
    (shared / "secrets.toml").write_text(SECRETS.replace("carl@", "cecil@"))
    assert not access.is_allowed(run_folder_of(CARL))


def test_what_takes_the_place_of_something_shared_is_not_shared(shared):
    sign_in(CARL)
    place = library.remove(dataset_of(CARL))
    library.put_back(place)
    launch.delete(run_of(CARL))
    run_folder_of(CARL).mkdir()
    assert shares.shares() == []


def test_it_is_not_removed_while_another_person_trains_on_it(shared):
    job = Job(user_scope.own_folder(paths.runs_folder()) / "at work")
    job.create(data=str(dataset_of(CARL).folder))
    sign_in(CARL)
    assert [one.folder for one in readers.jobs_reading(dataset_of(CARL).folder)] == [job.folder]
    with pytest.raises(library.LibraryError, match="another person is using it"):
        library.remove(dataset_of(CARL))
    assert shares.is_shared(dataset_of(CARL).folder)


@pytest.mark.parametrize(
    "entry",
    [
        ["dataset", "../../..", "x", CARL.email],
        ["dataset", "a" * 32, "../../secret", CARL.email],
        ["dataset", "a" * 32, ".incoming", CARL.email],
        ["dataset", "a" * 32, "", CARL.email],
        ["folder", "a" * 32, "x", CARL.email],
        ["dataset", "a" * 32, "x"],
        ["dataset", "a" * 32, 1, CARL.email],
        "x",
    ],
)
def test_a_damaged_file_shares_nothing(shared, entry):
    record = {"version": 1, "shares": [entry, ["run", CARL.id, "first", CARL.email]]}
    (paths.data_folder() / shares.FILE).write_text(json.dumps(record))
    assert [share.folder for share in shares.shares()] == [run_folder_of(CARL)]
    for text in ("", "[]", "{", '{"version": 2, "shares": []}', '{"version": 1, "shares": 1}'):
        (paths.data_folder() / shares.FILE).write_text(text)
        assert shares.shares() == []
