"""Better keeps the best epoch, Quick's head counting as epoch 0, and says which one it was."""

import pytest
import torch
from torch import nn

from engine.training.better_recipe import NO_GAIN, PATIENCE, BestEpoch


def network(value: float) -> nn.Module:
    layer = nn.Linear(1, 1)
    nn.init.constant_(layer.weight, value)
    return layer


def compared(folder, losses: list[float]) -> BestEpoch:
    best = BestEpoch(folder, None)
    for epoch, loss in enumerate(losses):
        best.compare(network(float(epoch)), epoch, loss)
    return best


@pytest.mark.parametrize(("losses", "kept"), [([0.5, 0.6, 0.5], 0), ([0.5, 0.4, 0.45], 1)])
def test_the_best_epoch_is_kept_and_named(tmp_path, losses, kept):
    best = compared(tmp_path, losses)
    assert (best.epoch, best.is_quick_head) == (kept, kept == 0)
    filled = network(9.0)
    sentence = best.restore(filled)
    assert sentence == (
        NO_GAIN if kept == 0 else f"The run keeps epoch {kept}, the one with the lowest validation loss."
    )
    torch.testing.assert_close(filled.weight, torch.full((1, 1), float(kept)))


def test_a_resumed_run_still_knows_the_best_epoch_and_when_to_stop(tmp_path):
    compared(tmp_path, [0.5] + [0.6] * PATIENCE)
    again = BestEpoch(tmp_path, None)
    assert again.is_quick_head and again.is_time_to_stop and again.valid_loss == 0.5
    again.forget()
    assert not BestEpoch(tmp_path, None).is_quick_head
