"""The chapter's own data sets, downloaded once by fastai."""

import contextlib
import sys
from pathlib import Path

from fastai.data.all import URLs, untar_data

from engine.learners.errors import LearnerError, reason

ARCHIVES = {"pascal_2007": URLs.PASCAL_2007, "biwi_head_pose": URLs.BIWI_HEAD_POSE}


def fetch(name: str) -> Path:
    """The folder of one of the chapter's own data sets, downloaded once by fastai's `untar_data`."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return Path(untar_data(ARCHIVES[name]))
    except Exception as error:  # fastdownload raises a bare Exception for a damaged archive
        raise LearnerError(
            f"The data set {name} could not be downloaded ({reason(error)}): connect to a network, "
            "or choose the samples as data: sample_data/scenes or sample_data/heads."
        ) from error
