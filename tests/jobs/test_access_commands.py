"""Commands that the app runs for a visitor refuse foreign paths, and one place in the source decides."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine import __main__, paths
from engine.data import library
from engine.data.imports import import_job
from engine.inference import pseudo_labels
from engine.jobs import in_turn, job_places, user_scope
from engine.jobs.access import REFUSED, AccessError
from engine.tasks import MULTI_LABEL
from engine.training import lr_finder
from tests.jobs.two_visitors import ANNA, BERT, own_set, visit

ROOT = paths.ROOT
pytestmark = pytest.mark.usefixtures("home")


# --- the command line, on behalf of a visitor ---------------------------------------------------------------------

COMMANDS = {
    "check": ["check", "{}", "--task", MULTI_LABEL],
    "check in the background": ["check", "sample_data/scenes", "--task", MULTI_LABEL, "--job", "{}"],
    "train": ["train", "--task", MULTI_LABEL, "--data", "{}", "--out", "{own}/new"],
    "train into": ["train", "--task", MULTI_LABEL, "--data", "sample_data/scenes", "--out", "{}"],
    "resume": ["train", "--resume", "{}"],
    "find-lr into": ["find-lr", "--folder", "{}"],
    "import": ["import", "{}"],
    "export data": ["export-data", "{}", "--task", MULTI_LABEL, "--format", "coco", "--out", "{own}/x.zip"],
    "export data into": ["export-data", "sample_data/scenes", "--task", MULTI_LABEL, "--format", "coco", "--out", "{}"],
    "review": ["review", "--data", "{}", "--task", MULTI_LABEL],
    "review into": ["review", "--data", "sample_data/scenes", "--task", MULTI_LABEL, "--into", "{}"],
    "predict": ["predict", "--run", "sample_data/runs/multi-label", "{}"],
    "predict with": ["predict", "--run", "{}", "sample_data/scenes/train"],
    "predict into": ["predict", "--run", "sample_data/runs/multi-label", "sample_data/scenes", "--csv", "{}"],
    "script": ["runs", "code", "{}"],
    "export a run": ["runs", "export", "{}", "--out", "{own}/x.zip"],
    "export a run into": ["runs", "export", "sample_data/runs/multi-label", "--out", "{}"],
    "import a run": ["runs", "import", "{}"],
    "open set into": ["open-set", "--out", "{}", "--seeds", "1"],
    "open set": ["open-set", "--drawn", "{}"],
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_for_a_visitor_refuses_every_foreign_path(foreign, command, monkeypatch, capsys):
    own = own_set(BERT).folder
    visitor = user_scope.current_user()
    monkeypatch.setattr(user_scope, "_provider", [])
    monkeypatch.setenv(user_scope.VISITOR_VARIABLE, visitor)
    monkeypatch.chdir(ROOT)
    for kind, path in foreign.items():
        arguments = [part.replace("{own}", str(own)).replace("{}", path) for part in COMMANDS[command]]
        assert __main__.main(arguments) == 2, kind
        told = capsys.readouterr()
        assert (told.out, told.err) == ("", REFUSED + "\n"), kind


def test_a_process_of_a_visitor_refuses_and_the_owners_does_not(foreign):
    visit(BERT)
    visitors, owners = user_scope.child_environment(), dict(os.environ)
    command = [sys.executable, "-m", "engine", "check", foreign["a folder"], "--task", MULTI_LABEL]
    done = [
        subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        for env in (visitors, owners)
    ]
    assert (done[0].returncode, done[0].stdout, done[0].stderr) == (2, "", REFUSED + "\n")
    assert "for training" in done[1].stdout


def test_the_process_of_a_visitors_job_refuses_every_foreign_folder(foreign):
    visit(BERT)
    for path in foreign.values():
        with pytest.raises(AccessError, match=REFUSED):
            in_turn.main(job_places.IMPORT, import_job.WORK, Path(path))


def test_searches_and_checks_and_zips_are_kept_for_each_visitor(foreign):
    homes = []
    for secret in (ANNA, BERT):
        visit(secret)
        homes.append({lr_finder._home(), pseudo_labels._home(), library.folder()})
    assert not homes[0] & homes[1]


# --- one place ----------------------------------------------------------------------------------------------------


def modules():
    files = [*ROOT.glob("engine/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "streamlit_app.py"]
    return {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}


def names_used(source):
    tree = ast.walk(ast.parse(source))
    return {node.id for node in tree if isinstance(node, ast.Name)} | {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_file_readers_do_not_ask_who_is_visiting():
    ask = {
        "loading",
        "open_source",
        "source",
    }  # source looks into the folder around a table, which may be another's
    readers = {
        name: source
        for name, source in modules().items()
        if name.startswith(("engine/data/formats/", "engine/images/", "engine/inference/batch/find_images"))
        and Path(name).stem not in ask
    }
    assert len(readers) > 30
    asking = {name for name, source in readers.items() if {"access", "is_restricted"} & names_used(source)}
    assert asking == set()
    assert {name for name, source in readers.items() if "user_scope" in names_used(source)} <= {
        "engine/data/formats/dataset_manifest.py",
        "engine/data/formats/open_source.py",
    }


def test_only_user_scope_knows_the_variables_and_only_access_decides():
    for word, allowed in (
        ("LOSS_LAB_VISITOR", {"engine/jobs/user_scope.py"}),
        ("LOSS_LAB_PRIVATE", {"engine/jobs/user_scope.py", "engine/jobs/access.py"}),
    ):
        assert {name for name, source in modules().items() if word in source} <= allowed
    restricted = {name for name, source in modules().items() if "is_restricted" in source}
    assert restricted <= {
        "engine/jobs/user_scope.py",
        "engine/jobs/access.py",
        "engine/export/fastai_script.py",  # both only leave out where files lie on the server
        "engine/data/imports/import_worker.py",
    }


def test_every_way_to_a_dataset_passes_the_check():
    """The reader of a source is called from one place only, which asks first."""
    calls = {name for name, source in modules().items() if "import Source, source_of" in source or
             re.search(r"formats\.source import .*\bsource_of\b", source)}  # fmt: skip
    assert calls == {"engine/data/formats/open_source.py"}
    assert all("access.authorize(path, DatasetError)" in modules()[name] for name in calls)
