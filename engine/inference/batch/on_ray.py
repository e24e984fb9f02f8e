"""Predictions on the nodes of a Ray cluster, by Ray Data: a network for each actor, and no table but the driver's.

One task on a node lists the images, as the driver would, and hands on `CHUNK` names at a time; Ray Data holds it back
while the actors are busy. Names and results travel as JSON, which keeps every digit and names of any encoding.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.formats.phrases import counted
from engine.data.storage import StorageError
from engine.inference.batch import ray_connection
from engine.inference.batch.find_images import images_below
from engine.inference.batch.name_set import NameSet
from engine.inference.batch.predictors import Network, Result, ignore
from engine.inference.batch.table import BatchError
from engine.inference.image_stream import BATCH_SIZE, UnreadableImage
from engine.paths import storage_address
from engine.runs import Run, in_storage

CHUNK = 4 * BATCH_SIZE
"""Images that an actor gets at once: whole batches of the network."""
_BLOCK_BYTES = 16 * 1024
"""Ray Data collects small results until they reach this size; its own size would hold back a million names."""
_RETRIES = 5
"""How often an actor gets the same images again after it died: an image that kills actors must not do so for ever."""


class OnRay:
    """Predicts on the cluster at an address, in any order.

    All nodes see images, run and Loss Lab at one path; images and run may be in storage instead. `run_address` is the
    run's there, "" for one on a shared folder.
    """

    def __init__(self, address: str, run_address: str = ""):
        self._address, self._run_address = address, run_address

    def predict(
        self, run: Run, names: Sequence[str], done: NameSet, is_many: bool
    ) -> Generator[Sequence[Result]]:
        """As `Predictor` says. Raises `BatchError` where a node cannot do it, or images are missing at the end."""
        seen = NameSet([])
        with ray_connection.connected(self._address):
            for results in _stream(self._address, run, self._run_address, names, done, is_many):
                yield [result for result in results if seen.add(_name(result))]
        if missing := _missing(names, done, seen):
            raise BatchError(
                f"{counted(missing, 'image')} came back without a prediction: run the same command to "
                "continue."
            )


def _stream(
    address: str, run: Run, run_address: str, names: Sequence[str], done: NameSet, is_many: bool
) -> Iterator[list[Result]]:
    """What the actors return, chunk by chunk."""
    import ray

    place = {"cwd": _needed_folder(names), "names": list(names)}
    network = {"run": run_address or str(run.folder.resolve()), "is_many": is_many}
    needs, count = ray_connection.actors(address)
    needs_to_list = needs | {"num_cpus": 0, "num_gpus": 0}
    with ray_connection.small_blocks(_BLOCK_BYTES):
        dataset = (
            ray.data.from_items([{"place": json.dumps(place)}])
            .map_batches(
                _listed, batch_size=None, max_retries=-1, fn_kwargs={"done": ray.put(done)}, **needs_to_list
            )
            .map_batches(
                _Actor,
                batch_size=1,
                fn_constructor_args=(place, network),
                compute=ray.data.ActorPoolStrategy(min_size=1, max_size=count),
                max_task_retries=_RETRIES,
                **needs,
            )
        )
        for block in dataset.iter_batches(batch_size=None, prefetch_batches=1):
            for text in block["results"]:
                yield unpack(text)


def _listed(batch: dict[str, Any], done: Any) -> Iterator[dict[str, np.ndarray]]:
    """On a node: the names of all images that are not done, `CHUNK` in a row."""
    import ray

    for names in chunks(json.loads(batch["place"][0]), ray.get(done)):
        yield {"names": np.array([names], object)}


def chunks(place: dict[str, Any], known: NameSet) -> Iterator[str]:
    """The names of the images at a place that are not known, `CHUNK` in a row, as JSON; or what went wrong."""
    try:
        _go_to(place["cwd"])
        todo = (name for name in images_below(place["names"], ignore) if name not in known)
        while names := list(islice(todo, CHUNK)):
            yield json.dumps(names)
    except StorageError as error:
        yield json.dumps(_problem("list the images", error))


class _Actor:
    """On a node: a network that predicts the images of one row after the other."""

    def __init__(self, place: dict[str, Any], network: dict[str, Any]):
        self._place, self._wanted = place, network
        self._network: Network | None = None

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        packed = [self._packed(json.loads(names)) for names in batch["names"]]
        return {"results": np.array(packed, object)}

    def _packed(self, names: list[str] | dict[str, str]) -> str:
        """The results as JSON, or the sentence that says why there are none."""
        if isinstance(names, dict):
            return json.dumps(names)
        try:
            self._network = self._network or self._opened()
            return pack(self._network.results_of(names))
        except (OSError, ValueError, RuntimeError) as error:
            return json.dumps(_problem("predict", error))

    def _opened(self) -> Network:
        for path in (self._place["cwd"], self._wanted["run"]):
            _need(path)
        _go_to(self._place["cwd"])
        for path in self._place["names"]:
            _need(path)
        return Network(Run(in_storage.local(self._wanted["run"])), self._wanted["is_many"])


def _needed_folder(names: Sequence[str]) -> str:
    """The folder in which names of this machine are meant; "" where all images are in storage."""
    return "" if all(map(storage_address, names)) else str(Path.cwd())


def _go_to(folder: str) -> None:
    if folder:
        os.chdir(folder)


def _need(path: str) -> None:
    if path and not storage_address(path) and not Path(path).exists():
        raise BatchError(f"{path} is not there. Put the run and the images in a folder that all nodes share.")


def _problem(task: str, error: Exception) -> dict[str, str]:
    return {"problem": f"The node {platform.node()} cannot {task}: {error}"}


def pack(results: Sequence[Result]) -> str:
    """Results as ASCII text."""
    return json.dumps(
        [asdict(result) if isinstance(result, UnreadableImage) else {"row": result} for result in results]
    )


def unpack(text: str) -> list[Result]:
    """The results in a text of `pack`. Raises `BatchError` where a node had none."""
    records = json.loads(text)
    if isinstance(records, dict):
        raise BatchError(records["problem"])
    return [record["row"] if "row" in record else UnreadableImage(**record) for record in records]


def _name(result: Result) -> str:
    return result.fname if isinstance(result, UnreadableImage) else str(result["fname"])


def _missing(names: Sequence[str], done: NameSet, seen: NameSet) -> int:
    """How many images neither were done before nor came back."""
    return sum(name not in done and name not in seen for name in images_below(names, ignore))
