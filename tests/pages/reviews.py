"""What the tests of Label review share: samples with wrong labels, their ranking, and the page."""

import pandas as pd

from engine.experiments.label_review import job
from engine.experiments.label_review.session import ReviewSession
from pages.parts.review import start_review
from tests.lesson_data import button, open_page
from tests.tiny_data import labelled, pointed

PAGE = "10_Label_review"
WRONG = {"train/001.png": "red", "train/006.png": "blue"}


def samples(folder):
    """Coloured squares, two of them labelled wrongly, with a list that says which; and points."""
    squares = labelled(folder / "squares", count=60)
    table = pd.read_csv(squares / "train.csv", keep_default_na=False)
    for fname, given in WRONG.items():
        table.loc[table["fname"] == fname.removeprefix("train/"), "labels"] = given
    table.to_csv(squares / "train.csv", index=False)
    right = {"001.png": "blue", "006.png": "red"}
    rows = [f"{fname},{WRONG[f'train/{fname}']},{says}" for fname, says in right.items()]
    (squares / "wrong_labels.csv").write_text("\n".join(["fname,given,right", *rows]) + "\n")
    return squares, pointed(folder / "points", count=30)


def ranked(key: str = "scenes") -> ReviewSession:
    """A subject's ranking, made in this process."""
    one = start_review.find(key)
    job.work(one.job, one.data, one.task, False, lambda *_: None)
    return ReviewSession.of(one)


def now(key: str = "scenes") -> ReviewSession:
    return ReviewSession.of(start_review.find(key))


def open_review(**address):
    app = open_page(PAGE, **address)
    assert not app.exception, app.exception
    return app


def press(app, says: str):
    button(app, says).click().run()
    assert not app.exception, app.exception
    return app
