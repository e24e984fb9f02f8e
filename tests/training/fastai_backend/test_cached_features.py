"""Frozen epochs on kept features: the head ends with the same weights as if the body had answered every time."""

import copy
import random
import warnings
from dataclasses import replace

import pytest
import torch
from fastai.callback.core import Callback
from fastai.torch_core import set_seed
from torch import nn

from engine.config import TrainConfig
from engine.data import image_cache
from engine.data.formats import load
from engine.images.preprocess import to_batch
from engine.jobs.array_cache import Store
from engine.tasks import MULTI_LABEL, POINTS
from engine.training import fastai_backend
from engine.training.fastai_backend import cached_features
from tests.tiny_data import labelled, pointed

SIZE = 32
EPOCHS = 2


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return {MULTI_LABEL: labelled(folder / "squares"), POINTS: pointed(folder / "points")}


@pytest.fixture
def kept(tmp_path):
    return Store(tmp_path / "cache")


def _learner(data, task=MULTI_LABEL, augment=False):
    tiny = {"size": SIZE, "batch_size": 8, "hidden": 16, "device": "cpu", "weights": "drawings"}
    config = TrainConfig(task, str(data[task]), augment=augment, **tiny)
    dataset = load(data[task], task)
    pictures = image_cache.cached_images(dataset, SIZE, lambda share: None)
    learn = fastai_backend.full_precision(
        fastai_backend.learner(
            fastai_backend.data_loaders(dataset, pictures, config), config, len(dataset.vocab) or 2
        )
    )
    learn.freeze()
    return learn, config, pictures


class _Seeds(Callback):
    order = -20

    def before_epoch(self):
        set_seed(self.epoch)
        self.dls.train.rng = random.Random(self.epoch)


class _FixedBody(Callback):
    """The body answers each time, but as it is: fastai's train mode would move its batch-norm layers."""

    def before_train(self):
        self.model[0].eval()


class _Counted(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body, self.pictures = body, 0

    def forward(self, pictures):
        self.pictures += len(pictures)
        return self.body(pictures)


def _fit(learn, callbacks=()):
    with warnings.catch_warnings(), learn.no_logging(), learn.added_cbs([_Seeds(), *callbacks]):
        warnings.simplefilter("ignore")
        learn.fit_one_cycle(EPOCHS, 1e-2)
    return [list(row) for row in learn.recorder.values]


@pytest.mark.parametrize("task", [MULTI_LABEL, POINTS])
def test_the_head_ends_with_the_same_weights_as_with_the_body_at_work(data, task, kept):
    plain, _, _ = _learner(data, task)
    for layer in plain.model[0].modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.requires_grad_(False)
    rows = _fit(plain, [_FixedBody()])
    learn, config, _ = _learner(data, task)
    begun = copy.deepcopy(learn.model.state_dict())
    with cached_features.on_features(learn, config, kept=kept) as does:
        assert does
        assert _fit(learn) == [pytest.approx(row, abs=1e-4) for row in rows]
    expected = plain.model.state_dict()
    for name, tensor in learn.model.state_dict().items():
        if name.startswith("0."):
            assert torch.equal(tensor, begun[name]), name
        else:
            torch.testing.assert_close(tensor, expected[name], atol=1e-4, rtol=1e-3, msg=name)
    heads = [name for name in begun if name.startswith("1.")]
    assert not any(torch.equal(learn.model.state_dict()[name], begun[name]) for name in heads)


def test_the_body_sees_each_picture_once_for_all_epochs_and_runs(data, kept):
    for expected in (24, 0):
        learn, config, _ = _learner(data)
        learn.model[0] = _Counted(learn.model[0])
        with cached_features.on_features(learn, config, kept=kept):
            _fit(learn)
        assert learn.model[0].pictures == expected


def test_another_body_and_other_pictures_are_looked_at_anew(data, kept):
    learn, _, _ = _learner(data)
    first = cached_features._features(learn, learn.model[0], lambda share: None, kept)
    with torch.no_grad():
        next(learn.model[0].parameters()).add_(0.1)
    other = cached_features._features(learn, learn.model[0], lambda share: None, kept)
    assert abs(first - other).max() > 1e-3
    rows = learn.dls.train.rows
    rows.inputs = rows.inputs[::-1].copy()
    turned = cached_features._features(learn, learn.model[0], lambda share: None, kept)
    torch.testing.assert_close(torch.tensor(turned[::-1].copy()), torch.tensor(other), atol=1e-4, rtol=1e-4)


def test_with_augmentation_nothing_changes(data, kept):
    learn, config, _ = _learner(data, augment=True)
    before = learn.dls
    with cached_features.on_features(learn, config, kept=kept) as does:
        assert not does
        assert learn.dls is before
    assert not kept.folder.exists()


def test_the_network_still_answers_pictures_meanwhile_and_all_is_as_before_afterwards(data, kept):
    learn, config, pictures = _learner(data)
    loaders, batch = learn.dls, to_batch(pictures[:4])
    with torch.inference_mode():
        answers = learn.model.eval()(batch)
        with pytest.raises(ArithmeticError), cached_features.on_features(learn, config, kept=kept):
            assert learn.dls.one_batch()[0].shape == (8, 1024, 1, 1)
            torch.testing.assert_close(learn.model.eval()(batch), answers)
            raise ArithmeticError
        torch.testing.assert_close(learn.model(batch), answers)
    assert learn.dls is loaders
    assert all("forward" not in vars(module) for module in learn.model.modules())


def test_left_over_gradients_of_the_body_move_nothing(data, kept):
    learn, config, _ = _learner(data)
    learn.unfreeze()
    with learn.no_logging():
        learn.fit(1, 1e-4)
    learn.freeze()
    begun = copy.deepcopy(learn.model[0].state_dict())
    with cached_features.on_features(learn, config, kept=kept):
        _fit(learn)
    assert all(torch.equal(tensor, begun[name]) for name, tensor in learn.model[0].state_dict().items())


def test_progress_grows_to_the_whole_and_may_end_it(data, kept):
    learn, config, _ = _learner(data)
    shares, before = [], learn.dls
    with cached_features.on_features(learn, config, shares.append, kept):
        pass
    assert shares == sorted(shares)
    assert shares[-1] == 1

    def stop(share):
        raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        cached_features.on_features(learn, config, stop, Store(kept.folder / "b")),
    ):
        pass
    assert learn.dls is before


class _Follower:
    def __init__(self):
        self.looked, self.rows = [], []

    def looking(self, share):
        self.looked.append(share)

    def batch(self, *_):
        pass

    def epoch(self, row):
        self.rows.append(row)

    def stop_is_asked(self):
        return False


@pytest.mark.parametrize(("augment", "seen_by_the_body"), [(False, 24), (True, 2 * 24)])
def test_a_fit_without_augmentation_looks_once_for_its_frozen_epochs(
    data, augment, seen_by_the_body, tmp_path, monkeypatch
):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path))
    learn, config, _ = _learner(data, augment=augment)
    config = replace(config, freeze_epochs=2, epochs=0)
    learn.model[0], follower = _Counted(learn.model[0]), _Follower()
    assert fastai_backend.fit(learn, config, follower)
    assert learn.model[0].pictures == seen_by_the_body
    assert follower.looked[-1:] == ([] if augment else [1])
    assert [(row["epoch"], row["frozen"]) for row in follower.rows] == [(1, True), (2, True)]
