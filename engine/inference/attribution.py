"""Where a network looked for one of its predictions, with captum, and a check whether the map tells the truth.

A network here is fastai's vision model, a body and a head in sequence; a batch is (1, 3, S, S), normalised as
`engine.images.preprocess.to_batch` does it, so that 0 is the mean colour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from captum.attr import LayerGradCam, Occlusion
from PIL import Image
from torch import Tensor, nn

from engine.functional import loss_registry
from engine.images.preprocess import to_batch
from engine.images.resize import to_square
from engine.inference.attribution_methods import COVERING, GRAD_CAM, WAYS
from engine.training.backbones import normalization

if TYPE_CHECKING:
    from engine.inference.predict import Model

Answers = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Look:
    """A heat map (rows, columns) from 0 to 1 over the part that the network sees, and what covering says about it.

    The three probabilities are those of the chosen label:
    for the part as it is, with the hottest quarter of it covered, and with the coldest quarter covered.
    """

    heat: np.ndarray
    prob: float
    prob_hottest_covered: float
    prob_coldest_covered: float


def look(model: "Model", image: Image.Image, label: str, how: str = GRAD_CAM) -> Look:
    """Where a run looked in an image for one of its labels, by `GRAD_CAM` or by `COVERING`.

    Raises ValueError for a label the run does not know, and for another way of looking.
    """
    if label not in model.vocab:
        raise ValueError(f"label is {label!r}; expected one of {', '.join(model.vocab)}.")
    if how not in WAYS:
        raise ValueError(f"how is {how!r}; expected {GRAD_CAM!r} or {COVERING!r}.")
    output = model.vocab.index(label)
    square = to_square(image, model.config.size, model.config.resize)
    batch = to_batch([square], normalization(model.config.weights)).to(model.device)
    heat = (
        grad_cam(model.network, batch, output)
        if how == GRAD_CAM
        else _from_0_to_1(covering(_probs_of(model), batch, output))
    )
    return Look(heat, *covering_test(_probs_of(model), batch, output, heat))


def _probs_of(model: "Model") -> Answers:
    activation = loss_registry.choice(model.config.task, model.config.loss).predictions
    if model.temperatures is None:
        return lambda batch: activation(model.network(batch))
    temperatures = torch.as_tensor(model.temperatures, device=model.device)
    return lambda batch: activation(model.network(batch) / temperatures)


class _Shell(nn.Module):
    """A body under a name of its own, so that captum's hooks never touch the network that others are using."""

    def __init__(self, body: nn.Module):
        super().__init__()
        self.body = body

    def forward(self, batch: Tensor) -> Tensor:
        return self.body(batch)


def grad_cam(network: nn.Sequential, batch: Tensor, output: int) -> np.ndarray:
    """How much each cell of the body's last feature map raises one output: (rows, columns) from 0 to 1.

    The strongest cell is 1; all cells are 0 where none raises it. After Selvaraju and others, "Grad-CAM", ICCV 2017.
    """
    body, head = network
    shell = _Shell(body)
    split = nn.Sequential(shell, head).eval()
    inputs = batch.clone().requires_grad_(True)
    with torch.enable_grad():
        cells = LayerGradCam(split, shell).attribute(inputs, target=output, relu_attributions=True)
    return _from_0_to_1(cells[0, 0].detach().cpu().numpy())


def covering(
    outputs_of: Answers, batch: Tensor, output: int, window: float = 0.25, cells: int = 8
) -> np.ndarray:
    """How much one answer falls when each part of the image is covered in turn: (cells, cells), clipped at 0.

    `answers` gives (N, C) for (N, 3, S, S). The grey patch has `window` of the side. Slower than `grad_cam`, finer,
    and in the unit of the output: 0.4 means that the probability falls by 0.4. After Zeiler and Fergus, ECCV 2014.
    """
    side = batch.shape[-1]
    patch = max(1, round(window * side))
    step = max(1, (side - patch) // (cells - 1))
    with torch.no_grad():
        falls = Occlusion(outputs_of).attribute(
            batch,
            target=output,
            sliding_window_shapes=(3, patch, patch),
            strides=(3, step, step),
            baselines=0,
            perturbations_per_eval=16,
        )
    return _cells(falls[0].mean(0).clamp(min=0), cells)


def covering_test(
    outputs_of: Answers, batch: Tensor, output: int, heat: np.ndarray, share: float = 0.25
) -> tuple[float, float, float]:
    """The prediction for the whole image, with its hottest part covered, and with its coldest part covered.

    `share` of the image is covered each time. A heat map that tells the truth makes the second fall, and
    leaves the third near the first.
    """
    side = batch.shape[-1]
    full = nn.functional.interpolate(
        torch.as_tensor(heat)[None, None].float(), (side, side), mode="bilinear"
    )[0, 0]
    order = full.flatten().argsort()
    many = round(share * side * side)
    batches = batch.repeat(3, 1, 1, 1)
    for row, places in ((1, order[-many:]), (2, order[:many])):
        batches[row].flatten(1)[:, places] = 0
    with torch.no_grad():
        whole, hottest, coldest = outputs_of(batches)[:, output].tolist()
    return whole, hottest, coldest


def _cells(heat: Tensor, cells: int) -> np.ndarray:
    return nn.functional.adaptive_avg_pool2d(heat[None], cells)[0].cpu().numpy()


def _from_0_to_1(heat: np.ndarray) -> np.ndarray:
    return heat / heat.max() if heat.max() > 0 else np.zeros_like(heat)
