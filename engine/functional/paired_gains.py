"""Whether one predictor beats another on the same images: an interval, an exact test, how many images it takes.

A gain is what the first is better by on one image, in any unit. All functions take the gains of N images, (N,).
"""

import math

import numpy as np

CONFIDENCE = 0.95
FEWEST = 6
"""With fewer gains that are not 0, no two-sided sign-flip test can reach 5%: 2 / 2**5 is 6%."""

_RESAMPLES = 2000
_AT_ONCE = 100
_EXACT, _FLIPS = 13, 10_000
_Z = 1.96


def bootstrap_means(gains, seed: int) -> np.ndarray:
    """The mean of `gains` in bootstrap resamples of the images, (2000,)."""
    gains, rng = np.asarray(gains, float), np.random.default_rng(seed)
    shape = (_AT_ONCE, len(gains))
    return np.concatenate(
        [gains[rng.integers(len(gains), size=shape)].mean(axis=1) for _ in range(_RESAMPLES // _AT_ONCE)]
    )


def bootstrap_interval(gains, seed: int) -> tuple[float, float]:
    """The percentile bootstrap interval that holds 95% of the resampled means. It is too narrow for few images."""
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(bootstrap_means(gains, seed), (tail, 100 - tail))
    return float(low), float(high)


def sign_flip_p_value(gains, seed: int) -> float:
    """The two-sided p value of Fisher's sign-flip test that the mean gain is 0.

    Exact while at most 13 gains differ from 0, from 10,000 random flips otherwise. For gains of -1, 0 and 1 it is the
    exact McNemar test.

    >>> sign_flip_p_value([1, 1, 0, 0], 0), sign_flip_p_value([1] * 6, 0)
    (0.5, 0.03125)
    """
    gains = np.asarray(gains, float)
    gains = gains[gains != 0]
    reached = abs(gains.sum()) * (1 - 1e-9)
    if len(gains) <= _EXACT:
        signs = 1 - 2 * (np.arange(2 ** len(gains))[:, None] >> np.arange(len(gains)) & 1)
        return float((np.abs(signs @ gains) >= reached).mean())
    rng, as_far = np.random.default_rng(seed), 1
    for _ in range(_FLIPS // _AT_ONCE):
        signs = 2 * rng.integers(2, size=(_AT_ONCE, len(gains)), dtype=np.int8) - 1
        as_far += int((np.abs(signs @ gains) >= reached).sum())
    return as_far / (_FLIPS + 1)


def images_needed(gains, effect: float) -> int:
    """About how many images it takes for 95% confidence that a mean gain of `effect` is above 0.

    It assumes the spread of `gains`, and that a gain of 0 is as frequent. Where all gains are 0, it assumes that each
    image that differs gains 1. Raises ValueError unless `effect` is positive.

    >>> images_needed([1, 1, 0, 0], 0.5), images_needed([1, -1] * 20, 0.1)
    (12, 385)
    """
    if not effect > 0:
        raise ValueError(f"effect should be positive; got {effect}.")
    gains = np.asarray(gains, float)
    spread, differing = float(gains.std()), float((gains != 0).mean())
    if not differing:
        differing = min(effect, 1.0)
        spread = math.sqrt(differing * (1 - differing))
    return math.ceil(max((_Z * spread / effect) ** 2, FEWEST / differing))
