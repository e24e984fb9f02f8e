"""Which labels of a dataset the bundled photograph models know, by name or synonym, and their probabilities."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from engine.training.photo_models import files
from engine.training.photo_models.files import PhotoModelError
from engine.training.photo_models.groups import MORE_GROUPS, SCENE_GROUPS

_SYNONYMS = {
    "aeroplane": "airplane", "plane": "airplane", "bike": "bicycle", "motorbike": "motorcycle", "apple": "granny smith",
    "automobile": "car", "kitten": "cat", "puppy": "dog", "ship": "boat", "lamb": "sheep", "lorry": "truck",
    "people": "person", "human": "person", "man": "person", "woman": "person", "mug": "coffee mug",
    "tv": "television", "mobile phone": "cellular telephone", "cell phone": "cellular telephone",
}  # fmt: skip


def classes(label: str) -> tuple[int, ...]:
    """The ImageNet classes that a label stands for; () where the models know no such label.

    >>> classes("Bananas"), classes("unicorn")
    ((954,), ())
    """
    name = next((name for name in _spellings(label) if name in _by_name()), None)
    return () if name is None else _by_name()[name]


def scene_label(label: str) -> str | None:
    """The label of the several-label photograph model that means the same, or None."""
    return next((name for name in _spellings(label) if name in several_vocab()), None)


def unknown(vocab: Sequence[str]) -> list[str]:
    """The labels that no photograph model knows, in the order of the vocabulary."""
    return [label for label in vocab if not classes(label) and scene_label(label) is None]


def probabilities(
    vocab: Sequence[str], imagenet: np.ndarray, scenes: Mapping[str, float]
) -> dict[str, float]:
    """Known label -> probability, the likeliest first, for one image.

    `imagenet` is the softmax over the 1,000 classes, (1000,); `scenes` what the several-label model predicts, which
    counts where both know a label. Only the latter is calibrated; the softmax is taken as it is.
    """
    probs = {}
    for label in vocab:
        scene = scene_label(label)
        if scene is not None and scene in scenes:
            probs[label] = float(scenes[scene])
        elif members := classes(label):
            probs[label] = float(imagenet[list(members)].sum())
    return dict(sorted(probs.items(), key=lambda item: -item[1]))


def _spellings(label: str) -> list[str]:
    """The label's own name, its singular, and their synonyms, in small letters."""
    name = _plain(label)
    singular = [name[:-3] + "y"] if name.endswith("ies") else []
    singular += [name[: -len(end)] for end in ("es", "s") if name.endswith(end)]
    names = [name, *singular]
    return [*names, *(_SYNONYMS[one] for one in names if one in _SYNONYMS)]


def _plain(label: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", label).casefold().split())


def several_vocab() -> tuple[str, ...]:
    """The labels of the photograph model that predicts several labels. Raises `PhotoModelError`."""
    return _several()[0]


def several_identity() -> str:
    """Which version of that model there is, as `files.identity`. Raises `PhotoModelError`."""
    return _several()[1]


def trouble() -> str | None:
    """One sentence where a file of the photograph models is missing or damaged."""
    try:
        _several()
        _by_name()
    except PhotoModelError as error:
        return str(error)
    return None


@cache
def _several() -> tuple[tuple[str, ...], str]:
    settings = files.read(files.FOLDER, "multi-label")
    return tuple(settings["vocab"]), files.identity(settings)


@cache
def _by_name() -> dict[str, tuple[int, ...]]:
    vocab = files.read(files.FOLDER, "single-label")["vocab"]
    by_name: dict[str, tuple[int, ...]] = {}
    for at, name in enumerate(vocab):
        by_name.setdefault(_plain(name), (at,))
    groups = {**SCENE_GROUPS, **MORE_GROUPS}
    return by_name | {_plain(name): group.members for name, group in groups.items() if name != "person"}
