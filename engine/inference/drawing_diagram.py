"""The three heads for each drawing of Home, from the stored outputs of the bundled networks."""

from collections.abc import Mapping

import numpy as np

from engine.data.formats.phrases import counted
from engine.functional import losses
from engine.images import image_size
from engine.inference import diagram_heads
from engine.inference.diagram_heads import Head
from engine.inference.home_predictions import HomeExample
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL


def heads(shown: HomeExample, by_task: Mapping[str, Run]) -> tuple[Head, Head, Head]:
    """The single-label, the multi-label and the point head, in this order.

    Raises `RunError` where a run cannot be read, and ValueError where its vocabulary does not fit what is stored.
    """
    single = _by_label(by_task[SINGLE_LABEL], losses.softmax, shown.predictions[SINGLE_LABEL])
    several = _by_label(by_task[MULTI_LABEL], losses.sigmoid, shown.predictions[MULTI_LABEL])
    thresholds = by_task[MULTI_LABEL].thresholds
    labels = shown.targets[MULTI_LABEL]
    why_none = (
        f"the image has {counted(len(labels), 'label')}, and softmax names one"
        if labels
        else "it must name one of them"
    )
    return (
        diagram_heads.single_label(single, shown.targets[SINGLE_LABEL], why_none),
        diagram_heads.multi_label(
            several, [label for label, prob in several.items() if prob > thresholds[label]], labels
        ),
        diagram_heads.point(shown.predictions[POINTS], shown.targets[POINTS], image_size(shown.path)),
    )


def _by_label(run: Run, activation, logits: list[float]) -> dict[str, float]:
    probs = activation(np.array(logits))
    return dict(zip(run.vocab, map(float, probs), strict=True))
