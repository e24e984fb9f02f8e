"""What a large COCO file holds, kept by its size and times: reading half a gigabyte again takes half a minute."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.formats.coco.large_file import LISTS, LargeAnnotations, read_large
from engine.jobs import array_cache

VERSION = 1
UNSETTLED_SECONDS = 2
"""A file written as lately as this may change again without its time of change showing it."""
_TEXTS = "texts"


def read_cached(path: Path, store: array_cache.Store | None = None) -> dict[str, Any]:
    """What `read_large` returns, from the cache where the file is as it was. Raises what `read_large` raises."""
    store, about = store or array_cache.shared(), path.stat()
    key = f"COCO {VERSION} {path.resolve()} {about.st_size} {about.st_mtime_ns} {about.st_ctime_ns}"
    packed = store.find(key)
    if packed is not None:
        return _unpacked(packed)
    held = read_large(path)
    if time.time() - max(about.st_mtime, about.st_ctime) > UNSETTLED_SECONDS:
        store.keep(key, _packed(held))
    return held


def _packed(held: dict[str, Any]) -> np.ndarray:
    """The content of a file as bytes (B,) uint8: the annotations as arrays, all else as JSON."""
    arrays, texts = held["annotations"].to_arrays()
    others = {key: held[key] for key in LISTS if key in held and key != "annotations"}
    written = json.dumps({"others": others, "annotations": texts}).encode()
    arrays[_TEXTS] = np.frombuffer(written, np.uint8)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return np.frombuffer(file.getbuffer(), np.uint8)


def _unpacked(packed: np.ndarray) -> dict[str, Any]:
    with np.load(io.BytesIO(packed.tobytes()), allow_pickle=False) as arrays:
        texts = json.loads(arrays[_TEXTS].tobytes())
        annotations = LargeAnnotations.from_arrays(arrays, texts["annotations"])
    return {"annotations": annotations} | texts["others"]
