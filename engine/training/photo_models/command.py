"""What the fitting commands share: the options that name the two datasets, and reading them."""

import argparse
import sys
from pathlib import Path

from engine.training.photo_models import sources
from engine.training.photo_models.face_scenes import Face
from engine.training.photo_models.sources import Photographs, SourceError


def parser(module: str, description: str | None, out: Path) -> argparse.ArgumentParser:
    """The options `--coco` and `--out` (default: `out`) of `python -m module`."""
    options = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    options.add_argument("--coco", type=Path, required=True, help="COCO photographs in YOLO's layout")
    options.add_argument("--out", type=Path, default=out, help="folder that is written to")
    return options


def add_faces(options: argparse.ArgumentParser, is_required: bool = True) -> None:
    """Add the option `--faces`."""
    options.add_argument("--faces", type=Path, required=is_required, help="face crops with points.csv")


def read_datasets(options: argparse.Namespace) -> tuple[Photographs, list[Face]] | None:
    """The photographs and, where `--faces` names some, the faces; None, and a message on stderr, if one is unusable."""
    has_faces = getattr(options, "faces", None) is not None
    try:
        return sources.read_coco(options.coco), sources.read_faces(options.faces) if has_faces else []
    except FileNotFoundError as error:
        fix = (
            "--coco and --faces should name the two datasets"
            if has_faces
            else "--coco should name the dataset"
        )
        print(f"{error.filename} is missing: {fix}.", file=sys.stderr)
    except (SourceError, OSError) as error:
        print(error, file=sys.stderr)
    return None
