"""The head of the points model: which cell of the feature grid holds the point, if any does, and where in the cell.

A softmax over all cells and "nowhere" says both whether there is a face and where its point is. It is one 3 x 3
convolution, so a face is found wherever it is, also where no face was in training.
"""

from dataclasses import dataclass

import numpy as np

_NEAR = 1.6
"""Cells up to this far from the point, in cells, learn where in them it is."""
_SPREAD = 0.7
_STEPS, _BATCH, _RATE, _DECAY, _OFFSET_WEIGHT = 120, 256, 0.05, 1e-4, 0.3
_LEAST_RATE = 1e-4
_START_BIAS = -6.0


@dataclass(frozen=True)
class PointHead:
    """A convolution (3, C, 3, 3) with bias (3,): a logit for each cell, and the point's offset in x and y in cells."""

    weight: np.ndarray
    bias: np.ndarray


def fit(grids: np.ndarray, points: np.ndarray, seed: int = 0) -> PointHead:
    """Fit to feature grids (N, C, h, w) and points (N, 2) in shares of the image, NaN where there is none."""
    import torch
    from torch.nn.functional import conv2d

    generator = torch.Generator().manual_seed(seed)
    height, width = grids.shape[2:]
    scale = grids.astype(np.float32).std((0, 2, 3))
    inputs = torch.tensor(grids / scale[:, None, None].astype(grids.dtype), dtype=torch.float32)
    shares, offsets = (torch.tensor(array) for array in _targets(points, height, width))
    nowhere = 1 - shares.sum(1, keepdim=True)
    near = ((offsets.abs().amax(2) < _NEAR) & (nowhere < 1)).float()
    weight = torch.zeros(3, grids.shape[1], 3, 3, requires_grad=True)
    bias = torch.tensor([_START_BIAS, 0.0, 0.0], requires_grad=True)
    optimizer = torch.optim.Adam([weight, bias], lr=_RATE)
    for step in range(_STEPS):
        optimizer.param_groups[0]["lr"] = _RATE * (1 - step / _STEPS) + _LEAST_RATE
        rows = torch.randperm(len(inputs), generator=generator)[:_BATCH]
        cells = conv2d(inputs[rows], weight, bias, padding=1).flatten(2)
        log_probs = torch.cat([cells[:, 0], torch.zeros(len(rows), 1)], 1).log_softmax(1)
        loss = -(torch.cat([shares[rows], nowhere[rows]], 1) * log_probs).sum(1).mean()
        distance = ((cells[:, 1:].transpose(1, 2) - offsets[rows]) ** 2).sum(2)
        loss = loss + _OFFSET_WEIGHT * (distance * near[rows]).sum() / near[rows].sum().clamp(min=1)
        loss = loss + _DECAY * (weight**2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return PointHead(weight.detach().numpy() / scale[:, None, None], bias.detach().numpy())


def _targets(points: np.ndarray, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The share of each cell in the point (N, h w), and the point's offset from each cell's centre (N, h w, 2)."""
    centres = cell_centres(height, width)
    offsets = points[:, None] * (width, height) - centres
    weights = np.exp(-(offsets**2).sum(2) / (2 * _SPREAD**2))
    shares = weights / weights.sum(1, keepdims=True)
    return np.nan_to_num(shares).astype(np.float32), np.nan_to_num(offsets).astype(np.float32)


def cell_centres(height: int, width: int) -> np.ndarray:
    """The centre (x, y) of each cell, row by row, in cells: (h w, 2)."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([columns.ravel() + 0.5, rows.ravel() + 0.5], 1)


def decode(cells: np.ndarray, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The probability of a face (N,) and the most likely point (N, 2) in shares of the image, from cells (N, 3 h w).

    The point is the mean over the cells around the most likely one.
    """
    maps = cells.reshape(len(cells), 3, height * width).astype(np.float64)
    logits, centres = maps[:, 0], cell_centres(height, width)
    largest = np.maximum(logits.max(1, keepdims=True), 0)
    odds = np.exp(logits - largest)
    probs = odds / (odds.sum(1, keepdims=True) + np.exp(-largest))
    best = centres[logits.argmax(1)]
    around = np.abs(centres[None] - best[:, None]).max(2) < 1.5
    weights = probs * around
    weights /= weights.sum(1, keepdims=True)
    points = (weights[:, :, None] * (centres[None] + maps[:, 1:].transpose(0, 2, 1))).sum(1)
    return probs.sum(1), points / (width, height)


def convolve(head: PointHead, grids: np.ndarray) -> np.ndarray:
    """The head's cells (N, 3 h w) of feature grids (N, C, h, w), as the ONNX graph computes them."""
    padded = np.pad(grids.astype(np.float32), ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    cells = np.einsum("nchwij,kcij->nkhw", windows, head.weight, optimize=True)
    return (cells + head.bias[:, None, None]).reshape(len(grids), -1)
