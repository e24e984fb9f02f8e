"""Where things lie: the bundled samples and weights, a user's own runs and data, and what is kept to save time."""

import configparser
import os
import re
from functools import lru_cache
from pathlib import Path, PurePath

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_DATA = ROOT / "sample_data"
SCENES = SAMPLE_DATA / "scenes"
HEADS = SAMPLE_DATA / "heads"
DRAWINGS_BACKBONE = SAMPLE_DATA / "weights" / "resnet18_body.safetensors"
BUNDLED_RUNS = SAMPLE_DATA / "runs"
DOWNLOADS = ("pascal_2007", "biwi_head_pose")
"""The chapter's datasets, by the names under which fastai downloads and keeps them."""
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/{1,2}(?=[^/])")
"""A scheme has two letters or more: one letter is a disk of Windows."""


def runs_folder() -> Path:
    """The folder in which the user's own runs are kept; `LOSS_LAB_RUNS` overrides it."""
    return Path(os.environ.get("LOSS_LAB_RUNS", ROOT / "runs"))


def data_folder() -> Path:
    """The folder of the dataset library, where imported datasets are kept; `LOSS_LAB_DATA` overrides it."""
    return Path(os.environ.get("LOSS_LAB_DATA", ROOT / "data"))


def cache_folder() -> Path:
    """The folder of what can be made again, kept to save time; `LOSS_LAB_CACHE` overrides it."""
    return Path(os.environ.get("LOSS_LAB_CACHE", ROOT / ".cache"))


def download_folder(name: str) -> Path:
    """Where fastai keeps one of `DOWNLOADS`, whether it is there yet or not.

    Its configuration file says where; a relative path there starts in the folder of that file.
    """
    home = Path(os.environ.get("FASTAI_HOME", "~/.fastai")).expanduser()
    file = home / "config.ini"
    try:
        about = file.stat()
    except OSError:
        return home / "data" / name
    return home / _data_of_fastai(str(file), about.st_mtime_ns, about.st_size) / name


@lru_cache(maxsize=4)
def _data_of_fastai(file: str, changed_ns: int, size: int) -> str:
    """What fastai's configuration file says about where data is kept; "data" where it says nothing."""
    kept = configparser.ConfigParser()
    try:
        kept.read(file, encoding="utf-8")
        return kept.get("DEFAULT", "data", fallback="data")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return "data"


def given(data: str) -> Path:
    """The place that a person means: as typed where it is there, else seen from the project's folder."""
    typed = os.path.expanduser(data)
    return Path(typed) if os.path.isabs(typed) or os.path.exists(typed) else ROOT / typed


def storage_address(path: str | PurePath) -> str:
    """The address in object storage that a path stands for; "" for a path of this machine.

    A `Path` has lost a slash of it, which is put back.

    >>> storage_address(Path("s3://bucket/images")), storage_address("/images")
    ('s3://bucket/images', '')
    """
    text = path.as_posix() if isinstance(path, PurePath) else path
    scheme = _ADDRESS.match(text)
    return f"{scheme[1].lower()}://{text[scheme.end() :]}" if scheme else ""


def is_generated_sample(data: Path | str) -> bool:
    """Whether a dataset is one of the bundled drawings; a relative path counts from the project's folder.

    Only the text is looked at, no file: a path may be one that the current user must not even ask about.
    """
    typed = os.path.expanduser(str(data))
    places = [Path(os.path.abspath(os.path.join(base, typed))) for base in (ROOT, ".") if "\0" not in typed]
    return any(place.is_relative_to(sample) for place in places for sample in (SCENES, HEADS))
