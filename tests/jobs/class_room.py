"""A hosted app with accounts: Carl, who teaches, Anna and Bert, who learn, and whoever has not signed in."""

from engine import paths
from engine.data import library
from engine.jobs import user_scope
from engine.jobs.user_scope import Account
from engine.runs import Run
from engine.tasks import MULTI_LABEL
from tests.dataset_files import pascal
from tests.lesson_data import write_run, write_scenes

ISSUER = "https://accounts.example"
ANNA, BERT = Account(ISSUER, "1", "anna@school.example"), Account(ISSUER, "2", "bert@school.example")
CARL = Account(ISSUER, "3", "carl@school.example")
SECRETS = '[auth]\nclient_id = "x"\n[loss_lab]\nteachers = ["carl@school.example"]\n'
ROWS = [(f"{n}.jpg", "cat" if n % 2 else "dog", n > 3) for n in range(6)]


def furnish(home, monkeypatch) -> None:
    """The folders of an app where people sign in; each person gets a dataset and a run on it."""
    for name in ("cache", "data", "runs"):
        monkeypatch.setenv(f"LOSS_LAB_{name.upper()}", str(home / name))
    monkeypatch.setenv("FASTAI_HOME", str(home / "fastai"))
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(home / "secrets.toml"))
    monkeypatch.delenv(user_scope.VISITOR_VARIABLE, raising=False)
    monkeypatch.delenv(user_scope.PRIVATE_VARIABLE, raising=False)
    monkeypatch.setattr(user_scope, "_provider", [])
    (home / "secrets.toml").write_text(SECRETS)
    for person in (ANNA, BERT, CARL):
        sign_in(person)
        library.folder().mkdir(parents=True)
        one = library.add("animals", MULTI_LABEL, unpacked=pascal(library.folder() / ".unpacked", ROWS))
        scenes = write_scenes(one.folder / "scenes")
        write_run(user_scope.own_folder(paths.runs_folder()) / "first", scenes)


def sign_in(person: Account | None) -> None:
    """Serve this person from now on; None has not signed in."""
    user_scope.set_user_provider(lambda: person)


def dataset_of(person: Account) -> library.LibraryDataset:
    """A person's dataset, whoever is served."""
    return library.LibraryDataset(paths.data_folder() / user_scope.VISITORS / person.id / "animals")


def run_folder_of(person: Account):
    """The folder of a person's run, whoever is served."""
    return paths.runs_folder() / user_scope.VISITORS / person.id / "first"


def run_of(person: Account) -> Run:
    """A person's run; raises `RunError` where the present user may not read it."""
    return Run(run_folder_of(person))
