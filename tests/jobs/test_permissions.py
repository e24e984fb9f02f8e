"""Every cell of the table of permissions, by the engine's functions and by the pages that take links."""

import contextlib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine import paths
from engine.config import TrainConfig
from engine.data import edits, library, shared_datasets
from engine.data.formats import load
from engine.experiments.sweeps import launch as sweep_launch
from engine.experiments.sweeps.config import SweepConfig
from engine.experiments.sweeps.folder import CONFIG, Sweep, all_sweeps, sweeps_folder
from engine.jobs import access, permissions, shares, user_scope
from engine.jobs.access import REFUSED
from engine.jobs.job import Job
from engine.jobs.permissions import (
    ANONYMOUS,
    CHANGE,
    DATASET,
    DOWNLOAD,
    FILE,
    JOB,
    MEDIA,
    NOTHING,
    OTHER,
    PATH,
    PERMISSIONS,
    READ,
    ROLES,
    RUN,
    SAMPLE,
    SHARED_DATASET,
    SHARED_FILE,
    SHARED_JOB,
    SHARED_RUN,
    SHARED_URL,
    SWEEP,
    TEACHER,
    TEACHERS,
    URL,
    VISITOR,
)  # fmt: skip
from engine.runs import Run
from engine.tasks import MULTI_LABEL
from engine.training import launch
from pages.parts.shared import visitor
from tests.dataset_files import pascal
from tests.jobs.class_room import (
    ANNA,
    BERT,
    CARL,
    ROWS,
    dataset_of,
    furnish,
    run_folder_of,
    sign_in,
)

PEOPLE = {VISITOR: ANNA, OTHER: BERT, TEACHER: CARL, ANONYMOUS: None}
DONE = "done"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Carl shares his first dataset and run and not the second dataset; /outside is the machine's own."""
    furnish(tmp_path, monkeypatch)
    _add_sweep()
    sign_in(CARL)
    shared_datasets.share(dataset_of(CARL))
    shares.share(run_folder_of(CARL))
    library.add("hidden", MULTI_LABEL, unpacked=pascal(library.folder() / ".unpacked", ROWS))
    (tmp_path / "outside.csv").write_text("image,label\n")
    return tmp_path


def _add_sweep():
    """A sweep of Anna's that has not begun."""
    sign_in(ANNA)
    sweep = Sweep(sweeps_folder() / "annas sweep")
    sweep.create()
    config = SweepConfig(TrainConfig(MULTI_LABEL, str(dataset_of(ANNA).folder)), {"lr": "0.001..0.1"})
    (sweep.folder / CONFIG).write_text(config.to_json())


def sweep_folder_of(person):
    return run_folder_of(person).parent / "_sweeps" / "annas sweep"


def hidden():
    return library.LibraryDataset(dataset_of(CARL).folder.with_name("hidden"))


def change_run(folder: Path):
    Run(folder).save_thresholds({"cat": 0.25})


def change_file(file: Path):
    access.authorize(file, to_write=True)


def stop_job(folder: Path):
    launch.stop(Run(folder))


def decide(folder: Path):
    edits.add(folder, "train/1.jpg", "kept")


READS = {
    DATASET: lambda home: load(dataset_of(ANNA).folder, MULTI_LABEL),
    RUN: lambda home: Run(run_folder_of(ANNA)).predictions,
    SWEEP: lambda home: Sweep(sweep_folder_of(ANNA)).config,
    JOB: lambda home: Run(run_folder_of(ANNA)).status,
    FILE: lambda home: access.authorize(dataset_of(ANNA).folder / "pictures" / "train" / "1.jpg"),
    SHARED_DATASET: lambda home: load(dataset_of(CARL).folder, MULTI_LABEL),
    SHARED_RUN: lambda home: Run(run_folder_of(CARL)).predictions,
    SHARED_JOB: lambda home: Run(run_folder_of(CARL)).status,
    SHARED_FILE: lambda home: access.authorize(dataset_of(CARL).folder / "pictures" / "train" / "1.jpg"),
    TEACHERS: lambda home: load(hidden().folder, MULTI_LABEL),
    SAMPLE: lambda home: (load(paths.SCENES, MULTI_LABEL), Run(paths.BUNDLED_RUNS / MULTI_LABEL).metrics),
    PATH: lambda home: access.authorize(home / "outside.csv"),
}
CHANGES = {
    DATASET: lambda home: decide(dataset_of(ANNA).folder),
    RUN: lambda home: change_run(run_folder_of(ANNA)),
    SWEEP: lambda home: sweep_launch.stop(Sweep(sweep_folder_of(ANNA))),
    JOB: lambda home: stop_job(run_folder_of(ANNA)),
    FILE: lambda home: change_file(run_folder_of(ANNA) / "log.txt"),
    SHARED_DATASET: lambda home: decide(dataset_of(CARL).folder),
    SHARED_RUN: lambda home: change_run(run_folder_of(CARL)),
    SHARED_JOB: lambda home: stop_job(run_folder_of(CARL)),
    SHARED_FILE: lambda home: change_file(run_folder_of(CARL) / "log.txt"),
    TEACHERS: lambda home: decide(hidden().folder),
    SAMPLE: lambda home: change_run(paths.BUNDLED_RUNS / MULTI_LABEL),
    PATH: lambda home: change_file(home / "outside.csv"),
}
CELLS = [(row, role) for row in PERMISSIONS if row.thing in READS for role in ROLES]


def attempt(work, home):
    """`DONE`, or the sentence of the refusal."""
    try:
        work(home)
    except ValueError as error:
        return str(error)
    return DONE


@pytest.mark.parametrize(("row", "role"), CELLS, ids=[f"{row.thing}-{role}" for row, role in CELLS])
def test_the_engine_keeps_to_each_cell(home, row, role):
    sign_in(PEOPLE[role])
    allowed = row.of(role)
    read, changed = attempt(READS[row.thing], home), attempt(CHANGES[row.thing], home)
    assert read == (REFUSED if allowed == NOTHING else DONE)
    assert (changed == DONE) == (allowed == CHANGE)
    assert "/" not in read + changed, "a refusal names no path"


def test_every_thing_is_checked_somewhere():
    assert {row.thing for row in PERMISSIONS} == {
        *READS,
        URL,
        SHARED_URL,
        MEDIA,
        DOWNLOAD,
    } and READS.keys() == CHANGES.keys()


def test_the_page_of_the_documentation_is_made_from_the_table():
    page = paths.ROOT / "docs" / "permissions.md"
    assert page.read_text(encoding="utf-8") == permissions.to_markdown(), "python -m engine.jobs.permissions"


# --- links ---------------------------------------------------------------------------------------------------------

LINKS = {
    "7_Train": ("data", lambda person: str(dataset_of(person).folder)),
    "9_Your_data": (
        "set",
        lambda person: "animals" if person is not CARL else "animals (shared by your teacher)",
    ),
    "10_Label_review": ("data", lambda person: dataset_of(person).folder.name),
    "3_Threshold": (
        "run",
        lambda person: "first" if person is not CARL else "first (shared by your teacher)",
    ),
}
SECRET = "zebra of "


def opened(page, person, monkeypatch, **address):
    monkeypatch.setattr(visitor, "account", lambda: person)
    user_scope.set_user_provider(visitor.user)
    app = AppTest.from_file(str(paths.ROOT / "pages" / f"{page}.py"), default_timeout=120)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    shown = (*app.markdown, *app.caption, *app.error, *app.info, *app.warning)
    return "\n".join(str(one.value) for one in shown).replace("\\", "")


@pytest.mark.parametrize("thing", [URL, SHARED_URL])
@pytest.mark.parametrize("role", ROLES)
def test_a_link_to_train_keeps_to_each_cell(home, monkeypatch, thing, role):
    [row] = [row for row in PERMISSIONS if row.thing == thing]
    whose = ANNA if thing == URL else CARL
    shown = opened("7_Train", PEOPLE[role], monkeypatch, task=MULTI_LABEL, data=str(dataset_of(whose).folder))
    is_read = "4 images for training and 2 for validation" in shown
    assert is_read == (row.of(role) == READ) and (REFUSED in shown) != is_read


@pytest.mark.parametrize("page", ["9_Your_data", "10_Label_review", "3_Threshold"])
@pytest.mark.parametrize("role", [OTHER, TEACHER, ANONYMOUS])
def test_a_link_by_name_shows_nothing_of_another(home, monkeypatch, page, role):
    """Names are looked up among what a person may read: Anna's is never found."""
    sign_in(ANNA)
    one = library.rename(dataset_of(ANNA), SECRET + "anna")
    run = launch.rename(Run(run_folder_of(ANNA)), SECRET + "annas run")
    names = {"set": one.name, "data": one.folder.name, "run": run.name}
    with contextlib.suppress(KeyError):
        shown = opened(page, PEOPLE[role], monkeypatch, **{LINKS[page][0]: names[LINKS[page][0]]})
        assert SECRET not in shown


@pytest.mark.parametrize("role", ROLES)
def test_only_its_owner_finds_a_sweep_on_the_page(home, monkeypatch, role):
    shown = opened("11_Sweep", PEOPLE[role], monkeypatch, sweep="annas sweep")
    assert ("annas sweep" in shown) == (role == VISITOR)
    assert [sweep.name for sweep in all_sweeps()] == (["annas sweep"] if role == VISITOR else [])


def test_a_job_of_another_cannot_be_reached_by_its_folder(home):
    sign_in(ANNA)
    mine = Job(user_scope.own_folder(paths.cache_folder()) / "reviews" / "one")
    mine.create()
    for person in (BERT, CARL, None):
        sign_in(person)
        assert not access.is_allowed(mine.folder) and not access.is_allowed(mine.folder, to_write=True)
