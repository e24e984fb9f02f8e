"""Measure the ranges of the backbones' activations: `python -m engine.training.backbones.measure_int8_ranges FOLDER`.

FOLDER holds photographs (JPEG), of which at most `MOST_IMAGES` are used. For the backbone for drawings as many scenes
and heads are drawn that are in no sample. The ranges go to sample_data/weights/int8_ranges.json.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from engine.images import open_image
from engine.jobs.atomic_write import write_text
from engine.synthetic import heads, scenes
from engine.training.backbones import graphs, int8_ranges, sessions, weight_files
from engine.training.backbones.backbone import Backbone
from engine.training.backbones.int8 import Ranges, rounded_activations
from engine.training.backbones.onnx_graph import IMAGES, Graph
from engine.training.backbones.registry import DRAWINGS, PHOTOGRAPHS, PHOTOGRAPHS_LARGE

MOST_IMAGES = 128
SHAPES_WH = {
    PHOTOGRAPHS: [(224, 224), (448, 320)],
    PHOTOGRAPHS_LARGE: [(320, 224)],
    DRAWINGS: [(128, 128)],
}
"""The shapes into which images are squeezed: about those that the models see."""
_SEED = 5_000_000


def measure(
    backbone: Backbone, images: Iterable[Image.Image], shapes_wh: Iterable[tuple[int, int]]
) -> Ranges:
    """The lowest and highest value of each activation over RGB images in each of the shapes; 0 is always between."""
    graph = graphs.body(weight_files.tensors(backbone), backbone)
    names = rounded_activations(graph)
    session = sessions.open_session(graph.model([end for name in names for end in _extremes(graph, name)]))
    ranges = []
    for image in images:
        for shape in shapes_wh:
            pixels = np.asarray(image.resize(shape, Image.Resampling.BILINEAR))[None]
            ranges.append([ends.max() for ends in session.run(None, {IMAGES: pixels})])
    ends = np.maximum(np.max(ranges, axis=0), 0).reshape(len(names), 2)
    return {
        name: (0.0 - round(float(a), 4), round(float(b), 4)) for name, (a, b) in zip(names, ends, strict=True)
    }


def drawings() -> list[Image.Image]:
    """`MOST_IMAGES` scenes and heads of a seed that no sample uses."""
    half = MOST_IMAGES // 2
    drawn = [image for image, _ in scenes.fresh(_SEED, half, (288, 216))]
    return drawn + [image for image, _ in heads.fresh(_SEED, half)]


def _extremes(graph: Graph, name: str) -> tuple[str, str]:
    """Outputs (N, C): the highest value of each channel with its sign changed first, and as it is."""
    negative = graph.add("Neg", [name], f"{name}.negative")
    low, high = (
        graph.add(
            "Flatten", [graph.add("GlobalMaxPool", [values], f"{values}.max")], f"{values}.flat", axis=1
        )
        for values in (negative, name)
    )
    return low, high


def main(arguments: list[str] | None = None) -> int:
    """Measure and write the file. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m engine.training.backbones.measure_int8_ranges", description=__doc__
    )
    parser.add_argument("folder", type=Path, help="folder of photographs")
    parser.add_argument("--source", default="", help="what the photographs are, for the file")
    options = parser.parse_args(arguments)
    files = sorted(options.folder.rglob("*.jpg"))
    if not files:
        print(f"{options.folder} holds no JPEG files: name a folder of photographs.", file=sys.stderr)
        return 2
    images = [open_image(file) for file in files[:: -(-len(files) // MOST_IMAGES)]]
    drawn = drawings()
    ranges = {
        backbone.name: measure(backbone, drawn if backbone == DRAWINGS else images, shapes)
        for backbone, shapes in SHAPES_WH.items()
    }
    record = {
        "version": int8_ranges.VERSION,
        "images": len(images),
        "source": options.source,
        "ranges": ranges,
    }
    write_text(int8_ranges.FILE, json.dumps(record, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
