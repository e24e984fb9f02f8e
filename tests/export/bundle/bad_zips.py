"""Zips made of given pieces, and how they are refused."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from engine.export.bundle import import_bundle
from engine.export.bundle.contents import BundleError


def write_zip(file: Path, held: dict[str, bytes], sign: bool = True, **more: bytes) -> Path:
    """A zip whose manifest fits its pieces; `sign=False` leaves the manifest as it was."""
    held = held | more
    if sign:
        record = json.loads(held["manifest.json"])
        record["files"] = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in held.items()
            if name != "manifest.json"
        }
        held["manifest.json"] = json.dumps(record).encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in held.items():
            zipped.writestr(name, data)
    return file


def assert_refused(file: Path, own: Path, says: str) -> None:
    """The zip is refused in one line that says so, and nothing stays behind, inside or outside."""
    around = {one for one in own.parent.rglob("*") if own not in one.parents and one != own}
    with pytest.raises(BundleError, match=says) as told:
        import_bundle.import_run(file)
    assert "\n" not in str(told.value) and len(str(told.value)) < 900
    assert list(own.iterdir()) == []
    assert {one for one in own.parent.rglob("*") if one != own} == around


def changed_json(pieces: dict[str, bytes], name: str, **changes: object) -> bytes:
    """A JSON piece with some of its values changed."""
    return json.dumps(json.loads(pieces[name]) | changes).encode()
