"""The experiment's files under the samples; `python -m engine open-set --out FOLDER` regenerates them.

table.csv             one row per seed, network and number of images without animals: see `evaluate.METRICS`
networks.safetensors  the four networks of seed 0: weights and biases of their heads
features.safetensors  features of each part's images by the backbone for drawings, (N, 1024) in half precision
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from engine import paths
from engine.experiments.open_set.networks import KINDS, Network
from engine.jobs.atomic_write import write_text, write_whole

FOLDER = paths.SAMPLE_DATA / "none_of_these"
TABLE, NETWORKS, FEATURES = "table.csv", "networks.safetensors", "features.safetensors"


class OpenSetError(ValueError):
    """Earlier results that cannot be used; one sentence."""


def save(
    folder: Path, features: Mapping[str, np.ndarray], scores: pd.DataFrame, trained: list[Network]
) -> None:
    """Write all three files, each whole or not at all."""
    heads = {f"{network.kind.name}.weights": network.weights for network in trained}
    heads |= {f"{network.kind.name}.biases": network.biases for network in trained}
    heads = {name: np.ascontiguousarray(values) for name, values in heads.items()}  # for safetensors
    halves = {part: np.ascontiguousarray(rows, np.float16) for part, rows in features.items()}
    write_whole(folder / FEATURES, lambda temporary: save_file(halves, temporary))
    write_whole(folder / NETWORKS, lambda temporary: save_file(heads, temporary))
    write_text(folder / TABLE, scores.to_csv(index=False, float_format="%.6g", lineterminator="\n"))


def table(folder: Path = FOLDER) -> pd.DataFrame:
    """The table of metrics: one row per seed, network and number of images without animals."""
    return pd.read_csv(folder / TABLE)


def networks(folder: Path = FOLDER) -> list[Network]:
    """The four networks of seed 0."""
    heads = load_file(folder / NETWORKS)
    return [Network(kind, heads[f"{kind.name}.weights"], heads[f"{kind.name}.biases"]) for kind in KINDS]


def features(folder: Path = FOLDER) -> dict[str, np.ndarray]:
    """The features of each part's images, (N, 1024) float32. Raises `OpenSetError` where no such file can be read."""
    try:
        halves = load_file(folder / FEATURES)
    except (OSError, SafetensorError) as error:
        raise OpenSetError(
            f"There are no earlier results in {folder}: {FEATURES} is missing or damaged."
        ) from error
    return {part: rows.astype(np.float32) for part, rows in halves.items()}
