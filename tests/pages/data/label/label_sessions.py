"""What the tests of labelling share: a dataset of bare images and a session."""

from engine.data import annotation, edits, library
from engine.data.formats.read_options import ReadOptions
from engine.inference.pseudo_labels import Proposals
from pages.parts.data.label.session import LabelSession
from tests.dataset_files import IMAGE, put


def bare(home, count=4, task="multi-label", labels=("bear", "cat")):
    folder = put(home / "bare", {f"{number}.jpg": IMAGE for number in range(count)})
    one = library.add("mine", task, in_place=folder, options=ReadOptions(format="pictures"))
    if labels:
        edits.add(one.folder, labels, edits.NEW_LABEL)
    return one


def now(one):
    return edits.read(one.folder).now


def progress(app) -> str:
    """The words above the bar of what has its answer."""
    return app.get("progress")[0].proto.text


def desk_of(one, **how) -> LabelSession:
    return LabelSession(one.folder, annotation.read(one.data_path, one.task), **how)


class Proposed(Proposals):
    """A run that proposes what the test says."""

    def __init__(self, labels=(), point=None):
        object.__setattr__(self, "said", (labels, point))

    def labels(self, fname):
        return self.said[0]

    def point(self, fname, size_wh):
        return self.said[1]
