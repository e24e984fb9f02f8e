"""Each patch says what it was written for and when it can go, and fails here once it no longer applies."""

import importlib
import inspect
import pkgutil
from importlib.metadata import version
from types import SimpleNamespace

import pytest
import torch
from fastai.callback.schedule import LRFinder
from fastai.data.transforms import Pipeline
from fastai.learner import AvgSmoothLoss, Recorder
from fastai.vision.augment import aug_transforms
from fastai.vision.core import TensorImage
from torch import nn

from engine.training import patches
from engine.training.patches.plain_draws import with_plain_draws
from engine.training.patches.skipped_layers import skipping
from engine.training.patches.smooth_loss import SmoothLossOnDevice, keep_on_device
from engine.training.patches.unsaved_weights import without_saving

PATCHES = [module.name for module in pkgutil.iter_modules(patches.__path__)]


@pytest.mark.parametrize("name", PATCHES)
def test_a_patch_is_for_the_versions_that_are_installed(name):
    patch = importlib.import_module(f"{patches.__name__}.{name}")
    installed = {library: version(library).partition("+")[0] for library in patch.WRITTEN_FOR}
    assert installed == patch.WRITTEN_FOR, (
        "see whether the patch still applies and still pays, then update it"
    )
    assert set(installed) <= {"torch", "fastai"}
    assert patch.REMOVE_WHEN


def test_plain_draws_are_those_of_fastai():
    images = TensorImage(torch.rand(6, 3, 16, 16, generator=torch.Generator().manual_seed(0)))
    seen = []
    for transforms in (aug_transforms(), with_plain_draws(aug_transforms())):
        torch.manual_seed(1)
        seen.append(Pipeline(transforms, split_idx=0)(images.clone()))
    assert torch.equal(*seen)
    assert not torch.equal(seen[0], images)


def test_fastai_still_draws_before_each_call():
    assert all(callable(getattr(transform, "before_call", None)) for transform in aug_transforms())


def test_the_smooth_loss_is_fastais():
    theirs, ours = AvgSmoothLoss(), SmoothLossOnDevice()
    for loss in torch.tensor([0.9, 0.5, 0.7]):
        for one in (theirs, ours):
            one.accumulate(SimpleNamespace(loss=loss))
        assert torch.equal(theirs.value, ours.value)
    ours.reset()
    assert ours.count == 0


def test_the_recorder_still_keeps_a_smooth_loss_to_replace():
    learn = SimpleNamespace(recorder=Recorder())
    assert type(learn.recorder.smooth_loss) is AvgSmoothLoss
    keep_on_device(learn)
    assert type(learn.recorder.smooth_loss) is SmoothLossOnDevice


def test_the_rate_finder_still_saves_weights_and_reads_them_only_where_they_are():
    assert "self.learn.save(" in inspect.getsource(LRFinder.before_fit)
    assert ".exists()" in inspect.getsource(LRFinder.after_fit)
    learn = SimpleNamespace()
    without_saving(learn)
    assert learn.save("a name", with_opt=True) is None


def test_skipped_layers_hand_on_features_and_answer_all_else():
    layer = nn.Linear(3, 2)
    features, others = torch.rand(4, 2), torch.rand(4, 3)
    expected = layer(others)
    with skipping(layer, (2,)):
        assert layer(features) is features
        assert torch.equal(layer(others), expected)
    assert "forward" not in vars(layer)
    assert torch.equal(layer(others), expected)
