"""The range of each activation of a backbone on photographs, by which its graph is rounded to 8 bits.

`engine.training.backbones.measure_int8_ranges` writes the file.
"""

import json
from functools import lru_cache

from engine import paths
from engine.training.backbones.backbone import Backbone
from engine.training.backbones.int8 import Ranges

VERSION = 1
FILE = paths.SAMPLE_DATA / "weights" / "int8_ranges.json"


def of(backbone: Backbone) -> Ranges | None:
    """The ranges of a backbone's activations, or None where they were not measured for this Loss Lab."""
    return _read().get(backbone.name)


@lru_cache(maxsize=1)
def _read() -> dict[str, dict[str, tuple[float, float]]]:
    if not FILE.is_file():
        return {}
    record = json.loads(FILE.read_text(encoding="utf-8"))
    if record["version"] != VERSION:
        return {}
    return {
        backbone: {name: (low, high) for name, (low, high) in ranges.items()}
        for backbone, ranges in record["ranges"].items()
    }
