"""What is predicted until a visitor drops images of their own: drawings, or images of the run that was asked for."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from engine.images.drawing import to_png
from engine.inference.uploads import MAX_BYTES
from engine.runs import Run, RunError
from engine.synthetic import heads, scenes
from pages.parts.predict.predict_uploads import File

MOST = 3
STRANGER = heads.PEOPLE + 1
DRAWN = "Until you drop your own, here are three drawings that no run was trained on."
OF_RUN = "Until you drop your own, here are images that this run was not trained on."


@st.cache_resource(max_entries=1, show_spinner="Drawing three images…")
def drawings() -> list[File]:
    """Three drawings that no run was trained on: two kinds together, none of the labels, and a head."""
    camera = heads.sample_camera(STRANGER)
    pose = heads.Pose.at((175, 110), 800, camera, yaw=25, roll=-6)
    drawn = {
        "a bear and a dog": scenes.draw(scenes.spec_with(["bear", "dog"], 0, (400, 300))),
        "none of the labels": scenes.draw(scenes.spec_with([], 3, (400, 300))),
        "a head": heads.draw(heads.sample_person(STRANGER), pose, camera),
    }
    return [File(name, to_png(image)) for name, image in drawn.items()]


def of_run(run: Run) -> list[File]:
    """A few validation images of a run that are still where they were; of an imported run there are none.

    They have different labels where there are some, and come from all parts of the table where there are none.
    """
    try:
        images = run.images
        images = images[images["is_valid"].astype(bool)]
        names = [str(name) for name in _different_first(images)["fname"]]
    except (RunError, KeyError):
        return []
    there = [path for path in map(run.image_path, names[: 4 * MOST]) if _can_be_shown(path)]
    return [File(path.name, path.read_bytes()) for path in there[:MOST]]


def _different_first(images: pd.DataFrame) -> pd.DataFrame:
    """The rows with the first of each label, or of each third of a table without labels, in front."""
    if "labels" in images:
        kinds = images["labels"]
    else:
        kinds = pd.Series(np.arange(len(images)) * MOST // max(len(images), 1), images.index)
    nth_of_its_kind = images.groupby(kinds, sort=False).cumcount()
    return images.loc[nth_of_its_kind.sort_values(kind="stable").index]


def _can_be_shown(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_size < MAX_BYTES
    except OSError:
        return False
