"""Which architectures torchvision and timm know, asked in a child process so that the caller loads neither."""

import difflib
import json
import subprocess
import sys
from functools import cache
from importlib.metadata import version

from engine import paths
from engine.jobs.atomic_write import write_text
from engine.runs import RunError

TORCHVISION, TIMM = "torchvision", "timm"
COMMON = {
    **dict.fromkeys(("resnet18", "resnet34", "resnet50", "convnext_tiny", "efficientnet_b0"), TORCHVISION),
    "tf_efficientnet_lite0": TIMM,
}
"""What the form offers: known without asking."""

_ASK = """
import json, timm
from torchvision import models
print(json.dumps({"torchvision": models.list_models(module=models), "timm": timm.list_models()}))
"""
_SECONDS_TO_ASK = 120


def library_of(name: str) -> str:
    """`TORCHVISION` or `TIMM`, whichever an architecture is taken from; raises `RunError` with the closest names."""
    if name in COMMON:
        return COMMON[name]
    known = _known()
    for library in (TORCHVISION, TIMM):
        if name in known[library]:
            return library
    near = difflib.get_close_matches(name, sorted({*known[TORCHVISION], *known[TIMM]}), n=3)
    hint = f": did you mean {' or '.join(near)}?" if near else "."
    raise RunError(f"There is no architecture {name!r} in torchvision or timm{hint}")


@cache
def _known() -> dict[str, list[str]]:
    """All names of both libraries, kept in the cache folder until a version changes."""
    kept = paths.cache_folder() / f"architectures-{version('torchvision')}-{version('timm')}.json"
    try:
        return json.loads(kept.read_text("utf-8"))
    except (OSError, ValueError):
        pass
    asked = subprocess.run(
        [sys.executable, "-c", _ASK], capture_output=True, text=True, check=True, timeout=_SECONDS_TO_ASK
    )
    text = asked.stdout.strip().splitlines()[-1]
    write_text(kept, text + "\n")
    return json.loads(text)
