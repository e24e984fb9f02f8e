"""Which bundled body lies here, told without loading torch."""

import hashlib
from functools import lru_cache
from pathlib import Path

from engine import paths


class WeightsError(ValueError):
    """Weights that are missing, broken or made for another network; one sentence with every problem."""


def digest() -> str:
    """The SHA-256 of the bundled body's file: what was computed with another body has another one."""
    return sha256(paths.BUNDLED_BODY)


def sha256(path: Path) -> str:
    """The SHA-256 of a file of weights, read again only when it has changed. Raises `WeightsError` if it is missing."""
    try:
        return _sha256_of_unchanged(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise WeightsError(f"The weights {path.name} are missing from {path.parent}.") from error


@lru_cache(maxsize=64)
def _sha256_of_unchanged(path: Path, modified: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
