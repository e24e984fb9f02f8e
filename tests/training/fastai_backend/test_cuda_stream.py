"""The GPU benchmark of the chapter's sizes has those sizes."""

import pytest
import torch

from benchmarks import gpu
from engine.data.formats import load


@pytest.mark.parametrize(
    ("recipe", "trained", "validated"), [(gpu.pascal, *gpu.PASCAL), (gpu.biwi, gpu.BIWI - 660, 660)]
)
def test_the_chapters_sizes(tmp_path, recipe, trained, validated):
    config = recipe(tmp_path).config
    is_valid = load(config.data, config.task).table["is_valid"]
    assert (int((~is_valid).sum()), int(is_valid.sum())) == (trained, validated)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_nothing_is_measured(capsys):
    assert gpu.main() == 1
    assert "nothing can be measured" in capsys.readouterr().err
