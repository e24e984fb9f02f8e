"""Runs packed into zips without verification, and zips unpacked."""

import contextlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from engine.export.bundle import verify
from engine.export.bundle import write as bundle_write
from engine.runs import Run


def ignore(activity: str, share: float) -> None:
    """Nobody listens."""


def packed(run: Run, file: Path) -> Path:
    """The run's zip without the proof in a fresh process, which `make` adds."""
    bundle_write.pack(write_pieces(run, file.with_suffix(".pieces")), file)
    return file


def write_pieces(run: Run, folder: Path) -> Path:
    bundle_write.write_pieces(run, folder, ignore)
    return folder


def prove_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the proof run here, where torch is loaded already; the zip's own script still has a process of its own."""
    start = subprocess.run

    def run(command, **options):
        if "engine.export.bundle.verify" not in command:
            return start(command, **options)
        with contextlib.redirect_stderr(io.StringIO()) as said:
            status = verify.main(command[3:])
        return subprocess.CompletedProcess(command, status, "", said.getvalue())

    monkeypatch.setattr(verify.subprocess, "run", run)


def unpacked(file: Path, folder: Path) -> Path:
    with zipfile.ZipFile(file) as zipped:
        zipped.extractall(folder)
    return folder


NO_OTHERS = """
import builtins, runpy, sys

REFUSED = {"torch", "torchvision", "fastai", "timm", "engine", "pandas", "streamlit", "safetensors", "onnx", "pi_heif"}

class Refuser:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in REFUSED:
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.meta_path.insert(0, Refuser())
script, sys.argv = sys.argv[1], sys.argv[1:]
sys.path.insert(0, script.rpartition("/")[0])
runpy.run_path(script, run_name="__main__")
"""


def run_script(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """What the zip's own script says where only onnxruntime, numpy and Pillow can be imported."""
    command = [sys.executable, "-c", NO_OTHERS, str(folder / "predict.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=folder)
