"""A search for a learning rate, from images to suggestions; `fastai_session` does the same for a run."""

import json
import time
from pathlib import Path

import pandas as pd

from engine import runs
from engine.data import summary
from engine.data.formats import Dataset
from engine.data.unreadable_images import with_readable
from engine.jobs.atomic_write import write_text
from engine.jobs.progress import Listener
from engine.jobs.status import FINISHED, RUNNING
from engine.runs import files
from engine.training import fastai_backend, fastai_session, images_of, trainer
from engine.training.lr_finder import Search
from engine.training.run_logger import RunLogger, Stopped

SECONDS_BETWEEN_WRITES = 0.5


def find(folder: Path, listener: Listener) -> dict:
    """Do the search that a folder asks for, and return its result; a finished one is only read.

    Raises `DatasetError`, `LearnerError`, `WeightsError` or `RunError`, each with one plain sentence, which the
    folder's status holds as well.
    """
    search = Search(folder)
    if search.state == FINISHED:
        return search.result
    search.job.update(state=RUNNING, message="")
    try:
        with search.job.heartbeat():
            result = _Session(search, listener).search()
    except BaseException as error:
        stopped = Stopped("The search was stopped.") if isinstance(error, Stopped) else error
        trainer.mark_failed(search.job, stopped)
        raise stopped from None
    search.job.update(state=FINISHED, message="")
    return result


class _Session:
    """One process's work on a search; it watches the mock training and writes down what happens."""

    def __init__(self, search: Search, listener: Listener):
        self.folder, self.config = search.folder, search.config
        self.logger = RunLogger(search.folder, listener, search.config.lr)
        self.began, self.written = time.monotonic(), 0.0
        self.tries: list[dict[str, float]] = []

    def search(self) -> dict:
        """What is found.json: the suggestions, and what they rest on."""
        dataset = images_of.load_for(self.config, trainer.resolve(self.config.data))
        return with_readable(dataset, self._search_on)

    def _search_on(self, dataset: Dataset) -> dict:
        stamp = summary.stamp(self.config.data)
        images = fastai_session.decode(dataset, self.config, self.logger)
        self.logger.show("loading the network", 0)
        learn = fastai_session.make_learner(dataset, images, self.config)
        learn.path, learn.model_dir = self.folder, "."
        fastai_backend.try_rates(learn, self.config, self)
        self._save_curve()
        lrs, smooth = ([row[name] for row in self.tries] for name in ("lr", "smooth"))
        result = {
            "suggestions": fastai_backend.suggested(lrs, smooth),
            "fall": fastai_backend.fall(lrs, smooth),
            "pictures": int((~dataset.table["is_valid"]).sum()),
            "seconds": round(time.monotonic() - self.began, 2),
            "data_stamp": stamp,
        }
        write_text(self.folder / files.SUGGESTIONS, json.dumps(result, indent=2) + "\n")
        return result

    # -- what the mock training reports (`fastai_backend.lr_find.Watcher`) --

    def looking(self, share: float) -> None:
        self.logger.show("looking at the images", share)

    def tried(self, lr: float, loss: float, smooth: float) -> None:
        self.tries.append({"lr": lr, "loss": loss, "smooth": smooth})
        self.logger.show("trying learning rates", len(self.tries) / fastai_backend.TRIALS)
        if time.monotonic() - self.written > SECONDS_BETWEEN_WRITES:
            self._save_curve()

    def _save_curve(self) -> None:
        self.written = time.monotonic()
        runs.save_table(self.folder, files.CURVE, pd.DataFrame(self.tries))
