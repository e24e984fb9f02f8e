"""Shared by default; with the switch each visitor sees only what they imported, and without one nothing."""

import io
import json
import os
import subprocess

import pytest

from engine import paths, runs
from engine.config import TrainConfig
from engine.data import edits, imports, library
from engine.data.checks import jobs as checks
from engine.data.formats import DatasetError, detect, load
from engine.data.imports.import_worker import import_path, work
from engine.experiments.label_review import job as review
from engine.export.bundle import upload as bundle_upload
from engine.export.bundle.job import BundleJob
from engine.inference import pseudo_labels
from engine.jobs import access, user_scope
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS
from engine.training import launch
from tests.data.imports.sending import HONEST, zipped
from tests.dataset_files import IMAGE, pascal
from tests.lesson_data import open_page, texts

ANNA, BERT = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(user_scope, "_provider", [])
    return tmp_path


@pytest.fixture
def private(monkeypatch):
    monkeypatch.setenv("LOSS_LAB_PRIVATE", "1")


def visit(secret):
    user_scope.set_user_provider(lambda: secret)


def upload(name):
    work(imports.take([(f"{name}.zip", io.BytesIO(zipped(HONEST)))]))


def test_a_person_alone_finds_everything_again(home):
    visit(ANNA)
    import_path(pascal(home / "mine"))
    visit(BERT)
    assert [one.name for one in library.all_sets()] == ["mine"]
    assert user_scope.child_environment() == os.environ


@pytest.mark.parametrize("said", ["0", "", "no", "off"])
def test_the_switch_is_off_unless_it_says_yes(monkeypatch, said):
    monkeypatch.setenv("LOSS_LAB_PRIVATE", said)
    assert not user_scope.is_private()


def test_visitors_see_only_their_own(home, private):
    for secret, name in ((ANNA, "cats"), (BERT, "dogs")):
        visit(secret)
        upload(name)
        [one] = imports.all_imports()
        imports.dismiss(one)
    assert [one.name for one in library.all_sets()] == ["dogs"] and library.find("cats") is None
    visit(ANNA)
    assert [one.name for one in library.all_sets()] == ["cats"]
    assert len(library.find("cats").record().table) == 6
    taken_away = library.remove(library.find("cats"))
    visit(BERT)
    with pytest.raises(library.LibraryError):
        library.put_back(taken_away)


def test_a_typed_path_does_not_reach_what_others_imported(home, private):
    visit(ANNA)
    upload("cats")
    hers = library.find("cats").folder
    assert len(load(hers / "pictures", MULTI_LABEL).table) == 6
    visit(BERT)
    (home / "link").symlink_to(hers / "pictures")
    for path in (
        hers,
        hers / "pictures",
        hers.parent,
        home / "data",
        home,
        home / "link",
        hers / ".." / "cats",
    ):
        for way in (detect, lambda at: load(at, MULTI_LABEL)):
            with pytest.raises(DatasetError, match=access.REFUSED):
                way(path)


def test_what_is_on_its_way_is_seen_by_its_visitor_only(home, private):
    visit(ANNA)
    imports.take([("a.jpg", io.BytesIO(IMAGE))])
    assert len(imports.all_imports()) == 1
    visit(BERT)
    assert imports.all_imports() == []


@pytest.mark.parametrize("secret", [None, "", "short", "../../etc", "g" * 32, "A" * 32, "a" * 33])
def test_nobody_sees_nothing(home, private, secret):
    visit(ANNA)
    upload("mine")
    visit(secret)
    assert library.all_sets() == [] and user_scope.current_user() == user_scope.NO_VISITOR


def test_folders_do_not_give_the_secret_away(home, private):
    visit(ANNA)
    upload("mine")
    every = " ".join(str(path) for path in paths.data_folder().rglob("*"))
    assert ANNA not in every and user_scope.current_user() in every
    assert ANNA not in user_scope.child_environment().values()


def test_a_child_process_works_for_its_visitor(home, private, monkeypatch):
    visit(ANNA)
    name = user_scope.child_environment()[user_scope.VISITOR_VARIABLE]
    visit(None)
    monkeypatch.setenv(user_scope.VISITOR_VARIABLE, name)
    assert user_scope.current_user() == name


def test_runs_and_decisions_are_kept_apart_too(home, private, monkeypatch):
    seen = []
    monkeypatch.setattr(
        subprocess, "Popen", lambda *_, **how: seen.append(how["env"]) or type("P", (), {"pid": 1})
    )
    visit(ANNA)
    launch.start(TrainConfig(MULTI_LABEL, "sample_data/scenes"), "mine")
    first = edits.home("sample_data/scenes")
    assert "mine" in [run.name for run in runs.all_runs()]
    assert seen[0][user_scope.VISITOR_VARIABLE] == user_scope.current_user()
    visit(BERT)
    assert "mine" not in [run.name for run in runs.all_runs()]
    assert edits.home("sample_data/scenes") != first


def test_secrets_are_new_and_long():
    secrets = {user_scope.new_secret() for _ in range(100)}
    assert len(secrets) == 100 and all(map(user_scope.is_secret, secrets))


def test_the_page_says_whose_the_data_are(home, private):
    from pages.parts.shared import visitor

    user_scope.set_user_provider(visitor.secret)
    app = open_page("9_Your_data")
    assert not app.exception
    assert "Only you see what you import" in texts(app)
    assert app.segmented_control(key="import_way").options == ["A zip or files", "A folder"]
    assert user_scope.is_secret(app.session_state["visitor_secret"])


def test_every_process_that_a_page_starts_works_for_its_visitor(home, private, monkeypatch):
    told = []
    printed = json.dumps({"run": str(home / "theirs")})
    child = type("Child", (), {"pid": os.getpid(), "returncode": 0, "stdout": f"{printed}\n", "stderr": ""})
    for start in ("Popen", "run"):
        monkeypatch.setattr(subprocess, start, lambda *_, env=None, **__: told.append(env or {}) or child)
    visit(ANNA)
    data, run = home / "data" / "mine", Run(paths.BUNDLED_RUNS / "points")
    review.start(review.review_of("mine"), data, MULTI_LABEL)
    checks.start(data, MULTI_LABEL)
    BundleJob(run).start()
    pseudo_labels.ask(pseudo_labels.of(data, POINTS, (), run), data, ["1.jpg"])
    assert bundle_upload.receive(io.BytesIO(b"a zip"), "a.zip") == "theirs"
    assert [env.get(user_scope.VISITOR_VARIABLE) for env in told] == [user_scope.current_user()] * 5


def test_what_one_visitor_decided_about_a_sample_is_not_in_the_review_of_another(home, private):
    visit(ANNA)
    first = review.review_of("sample_data/scenes")
    visit(BERT)
    assert review.review_of("sample_data/scenes") != first
