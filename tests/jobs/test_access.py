"""In private mode a visitor reaches samples, downloads and their own; everything else is one and the same sentence."""

import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine import paths, runs
from engine.config import TrainConfig
from engine.data import annotation, change_reading, edits, library, summary
from engine.data.checks import check
from engine.data.formats import DatasetError, detect, load
from engine.data.formats.read_options import ReadOptions
from engine.data.imports import import_job
from engine.data.imports.import_worker import import_folder
from engine.export import fastai_script
from engine.inference import image_stream, pseudo_labels
from engine.jobs import access, user_scope
from engine.jobs.access import REFUSED
from engine.jobs.reporter import Reporter
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS
from engine.training import launch, lr_finder
from tests.jobs.two_visitors import (
    BERT,
    SECRET,
    as_owner,
    own_run,
    own_set,
    visit,
)

ROOT = paths.ROOT
pytestmark = pytest.mark.usefixtures("home")


def config(data):
    return TrainConfig(MULTI_LABEL, data)


def fails_quietly(made):
    """Raise what an entry point returns instead of raising it."""
    if problems := getattr(made, "problems", ()):
        raise ValueError("\n".join(problems))
    if findings := getattr(made, "findings", ()):
        raise ValueError("\n".join(finding.sentence for finding in findings))


def only_problem(made):
    [unreadable] = made
    raise ValueError(unreadable.problem)


def tampered(path):
    """Bert's dataset, whose note refers to a path."""
    one = own_set(BERT)
    replace(one.manifest, in_place=path).save(one.folder)
    return library.LibraryDataset(one.folder)


def proposed(path):
    one = pseudo_labels.of(paths.SCENES, MULTI_LABEL, (), run := own_run(BERT))
    one.folder.mkdir(parents=True, exist_ok=True)
    told = {"run": path, "folder": str(run.folder), "fnames": ["1.jpg"]}
    (one.folder / pseudo_labels.ASKED).write_text(json.dumps(told))
    from engine.inference import pseudo_label_job

    pseudo_label_job.propose(one.folder, Reporter(one.job))


def imported(path):
    from engine.export.bundle import import_bundle

    import_bundle.import_run(Path(path))


def resolved(path):
    from engine.training import trainer

    trainer.train(config(path), own_run(BERT).folder.parent / "new", None)


ENTRIES = {
    "load": lambda path: load(path, MULTI_LABEL),
    "load points": lambda path: load(path, POINTS),
    "detect": lambda path: detect(Path(path)),
    "label": lambda path: annotation.read(Path(path), MULTI_LABEL),
    "check": lambda path: fails_quietly(check(path, MULTI_LABEL)),
    "glance": lambda path: fails_quietly(summary.glance(path, MULTI_LABEL)),
    "a run": Run,
    "a search": lr_finder.Search,
    "start a run": lambda path: launch.start(config(path), "new"),
    "start a search": lambda path: lr_finder.start(config(path)),
    "train": resolved,
    "import here": lambda path: import_job.take_here(Path(path)),
    "import a folder": lambda path: import_folder(Path(path)),
    "refer to": lambda path: library.add("new", MULTI_LABEL, in_place=Path(path)),
    "read decisions": edits.read,
    "decide": lambda path: edits.add(path, "1.jpg", "kept"),
    "import a run": imported,
    "propose": proposed,
    "predict": lambda path: only_problem([image_stream.decode(TrainConfig(MULTI_LABEL, "samples"), path)]),
    "a note": lambda path: load(tampered(path).folder, MULTI_LABEL),
    "a note, read as": lambda path: change_reading.read_with(tampered(path), ReadOptions("cells")),
}


def said_by(entry, path):
    with pytest.raises(Exception) as caught:
        ENTRIES[entry](path)
    return str(caught.value)


# --- entry point x kind of path ----------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_foreign_path_is_the_same_sentence(foreign, entry, monkeypatch):
    written = sorted(path for path in paths.runs_folder().rglob("*"))
    said = {}
    for kind, path in foreign.items():
        if entry.startswith("a note") and kind == "no text":
            continue  # JSON brings it back as it was, but the note cannot be written
        said[kind] = said_by(entry, path)
    assert {kind: sentence for kind, sentence in said.items() if sentence != REFUSED} == {}
    assert sorted(path for path in paths.runs_folder().rglob("*")) == written


@pytest.mark.parametrize("entry", ENTRIES)
def test_without_the_check_each_entry_would_go_on(foreign, entry, monkeypatch):
    monkeypatch.setattr(access, "is_allowed", lambda path, to_write=False: True)
    monkeypatch.setattr(launch, "spawn", lambda *_: None)
    if entry in ("train", "propose", "import a run", "predict"):
        pytest.skip("would begin the work itself")
    try:
        ENTRIES[entry](foreign["a folder"])
    except Exception as error:
        assert REFUSED not in str(error)


def test_nothing_foreign_is_touched_before_the_refusal(home, foreign, monkeypatch):
    touched = []
    for name in ("stat", "lstat", "scandir", "listdir", "open", "readlink"):
        real = getattr(os, name)

        def spy(path, *args, _real=real, **options):
            touched.append(os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else "")
            return _real(path, *args, **options)

        monkeypatch.setattr(os, name, spy)
    for kind in ("a folder", "a table", "a run", "nothing", "below a file", "her set", "her run"):
        for way in (lambda path: load(path, MULTI_LABEL), Run, lambda path: detect(Path(path))):
            with pytest.raises(ValueError, match=re.escape(REFUSED)):
                way(foreign[kind])
        assert summary.glance(foreign[kind], MULTI_LABEL).problems == (REFUSED,)
        assert summary.changed(foreign[kind]) == (REFUSED,)
        fastai_script.of_config(config(foreign[kind]))
    own = str(user_scope.own_folder(paths.data_folder()))
    others = (str(home / "outside"), foreign["her set"], foreign["her run"])
    assert own in touched
    assert [path for path in touched if path.startswith(others)] == []


# --- what stays allowed -------------------------------------------------------------------------------------------


def test_samples_downloads_and_the_own_stay_open(home):
    shutil.copytree(home / "outside" / "data", home / "fastai" / "data" / "pascal_2007")
    own = own_set(BERT)
    for data in ("sample_data/scenes", str(paths.SCENES), str(own.folder), "pascal_2007"):
        assert summary.glance(data, MULTI_LABEL).problems == (), data
    assert len(load(own.folder / "pictures", MULTI_LABEL).table) == 6
    assert summary.glance("sample_data/scenes/../heads", POINTS).problems == ()
    assert load(home / "fastai" / "data" / "pascal_2007", MULTI_LABEL).vocab == ("cat", SECRET)
    assert {run.name for run in runs.all_runs()} >= {"run of b", MULTI_LABEL}
    assert own_run(BERT).image_path("1.jpg").is_file() is False and own_run(BERT).data.is_dir()
    assert (
        summary.glance(str(own.folder / "nothing"), MULTI_LABEL).problems[0].startswith("There is no folder")
    )


def test_other_folders_of_fastai_are_no_downloads(home):
    shutil.copytree(home / "outside" / "data", home / "fastai" / "data" / "private")
    visit(BERT)
    assert not access.is_allowed(home / "fastai" / "data" / "private")
    assert not access.is_allowed(home / "fastai" / "data")


@pytest.mark.parametrize("secret", [None, "", "short", "../../etc"])
def test_nobody_may_read_the_samples_only(home, secret):
    own = own_set(BERT).folder
    visit(secret)
    assert access.is_allowed(paths.SCENES) and access.is_allowed(paths.BUNDLED_RUNS / POINTS)
    for path in (
        own,
        paths.data_folder() / user_scope.VISITORS / user_scope.NO_VISITOR,
        home / "fastai/data/pascal_2007",
        home,
    ):
        assert not access.is_allowed(path)
    assert user_scope.child_environment()[user_scope.VISITOR_VARIABLE] == user_scope.NO_VISITOR


def test_a_visitor_writes_below_their_own_folders_only(home):
    own = own_set(BERT).folder
    assert access.is_allowed(own / "new.csv", to_write=True)
    for path in (
        paths.SCENES,
        paths.BUNDLED_RUNS / "new",
        home / "outside" / "new",
        own / ".." / ".." / "new",
    ):
        assert not access.is_allowed(path, to_write=True)
    with pytest.raises(runs.RunError, match="shared by everyone"):
        Run(paths.BUNDLED_RUNS / MULTI_LABEL).save_thresholds({})


def test_the_owner_and_a_shared_app_may_read_everything(foreign, monkeypatch):
    with as_owner(monkeypatch):
        assert load(foreign["a folder"], MULTI_LABEL).vocab == ("cat", SECRET)
        assert user_scope.own_folder(Path("runs")) == Path("runs")
        assert user_scope.child_environment() == os.environ
        Run(foreign["her run"])
    monkeypatch.delenv("LOSS_LAB_PRIVATE")
    assert load(foreign["a folder"], MULTI_LABEL).vocab == ("cat", SECRET)


@pytest.mark.parametrize("value", ["", "no-visitor", "x", "../" * 5, "0" * 32])
def test_a_malformed_visitor_is_not_the_owner(foreign, monkeypatch, value):
    with as_owner(monkeypatch):
        monkeypatch.setenv(user_scope.VISITOR_VARIABLE, value)
        assert not access.is_allowed(foreign["a folder"]) and access.is_allowed(paths.SCENES)


# --- files that name others ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["a folder", "a table", "nothing", "her set", "her pictures", "home", "proc cwd"]
)
def test_a_run_whose_configuration_names_another_path_shows_no_picture_of_it(foreign, kind):
    run = own_run(BERT)
    (run.folder / "config.json").write_text(config(foreign[kind]).to_json())
    run = Run(run.folder)
    assert run.data == run.folder / "pictures" and not run.data.exists()
    assert not run.image_path("train/1.jpg").exists() and not run.image_path("1.jpg").exists()


def test_the_names_of_a_runs_pictures_lead_nowhere(foreign):
    run = own_run(BERT)
    for fname in ("/etc/passwd", "../" * 40 + "etc/passwd", foreign["her pictures"] + "/train/1.jpg", "a\0b"):
        assert not run.image_path(fname).exists() and run.image_path(fname).is_relative_to(run.folder)


def test_a_link_among_a_runs_files_is_not_followed_to_another_run(foreign):
    hers, run = Path(foreign["her run"]), own_run(BERT)
    for name in ("predictions.csv", "vocab.json", "config.json"):
        (run.folder / name).unlink()
        (run.folder / name).symlink_to(hers / name)
    for read in (lambda: run.predictions, lambda: run.vocab, lambda: Run(run.folder)):
        with pytest.raises(runs.RunError, match=re.escape(REFUSED)):
            read()


def test_links_in_an_own_dataset_are_not_followed_outside(home, foreign):
    own = own_set(BERT)
    (own.folder / "pictures" / "train" / "0.jpg").unlink()
    (own.folder / "pictures" / "train" / "0.jpg").symlink_to(home / "outside" / "data" / "train" / "0.jpg")
    with pytest.raises(DatasetError, match=r"0\.jpg"):
        load(own.folder, MULTI_LABEL)
    (own.folder / "decisions.jsonl").symlink_to(Path(foreign["her set"]) / "decisions.jsonl")
    with pytest.raises(edits.DecisionError, match=re.escape(REFUSED)):
        edits.read(own.folder)
    (own.folder / "set.json").unlink()
    (own.folder / "set.json").symlink_to(Path(foreign["her set"]) / "set.json")
    assert library.all_sets() == []


def test_a_note_that_refers_elsewhere_shows_nothing(foreign):
    for kind in ("a folder", "a table", "her pictures"):
        one = tampered(foreign[kind])
        assert one.source_path == one.folder / "pictures"
        assert summary.changed(str(one.folder)) == (REFUSED,)


def test_the_script_of_a_configuration_does_not_tell_files_from_folders_or_users(home, foreign):
    script = fastai_script.of_config(config(foreign["a table"]))
    assert f"PICTURES = Path({Path(foreign['a table']).name!r})" in script
    assert "PICTURES = Path('x')" in fastai_script.of_config(config("~root/x"))
