"""Batches as slices of one array: the same batches as fastai makes picture by picture, only sooner."""

import random

import numpy as np
import pytest
import torch
from fastai.data.core import TfmdDL
from fastai.torch_core import set_seed
from fastai.vision.core import PILImage
from PIL import Image

from engine.config import TrainConfig
from engine.data import image_cache
from engine.data.formats import load
from engine.functional.coordinates import to_unit
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from engine.training import fastai_backend
from engine.training.fastai_backend.device_batches import DeviceBatches
from tests.tiny_data import labelled, pointed

SIZE = 32


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    squares = labelled(folder / "squares")
    return {SINGLE_LABEL: squares, MULTI_LABEL: squares, POINTS: pointed(folder / "points")}


def _loaders(data, task, augment=False, batch_size=4):
    config = TrainConfig(
        task,
        str(data[task]),
        weights="none",
        size=SIZE,
        batch_size=batch_size,
        augment=augment,
        device="cpu",
    )
    dataset = load(data[task], task)
    pictures = image_cache.cached_images(dataset, SIZE, lambda share: None)
    return fastai_backend.data_loaders(dataset, pictures, config), dataset, pictures


def _one_epoch(dls, seed):
    set_seed(seed)
    dls.train.rng = random.Random(seed)
    return [batch for dl in dls for batch in dl]


@pytest.mark.parametrize("augment", [False, True])
@pytest.mark.parametrize("task", TASKS)
def test_batches_equal_those_that_fastai_makes_picture_by_picture(data, task, augment, monkeypatch):
    dls, _, _ = _loaders(data, task, augment)
    ours = _one_epoch(dls, seed=5)
    monkeypatch.setattr(DeviceBatches, "create_batches", TfmdDL.create_batches)
    theirs = _one_epoch(dls, seed=5)
    assert len(ours) == len(theirs) > 1
    for one, other in zip(ours, theirs, strict=True):
        for mine, fastais in zip(one, other, strict=True):
            assert (type(mine), mine.dtype, mine.shape) == (type(fastais), fastais.dtype, fastais.shape)
            torch.testing.assert_close(
                torch.Tensor(mine.float()), torch.Tensor(fastais.float()), atol=1e-6, rtol=0
            )


@pytest.mark.parametrize("task", TASKS)
def test_targets_stay_with_their_pictures_in_any_order(data, task):
    dls, dataset, pictures = _loaders(data, task)
    known = {picture.tobytes(): row for row, picture in enumerate(pictures)}
    seen = []
    for inputs, targets in dls.train:
        unscaled = dls.train.after_batch.fs[-1].decode(inputs)
        for picture, target in zip(unscaled, targets, strict=True):
            row = known[(picture * 255).round().byte().permute(1, 2, 0).numpy().tobytes()]
            np.testing.assert_allclose(target.float().numpy(), _target(dataset, row), atol=1e-6)
            seen.append(row)
    assert len(set(seen)) == len(seen) == (~dataset.table["is_valid"]).sum()
    assert seen != sorted(seen)
    assert not dataset.table["is_valid"].iloc[seen].any()


def _target(dataset, row):
    if dataset.task == POINTS:
        return to_unit(dataset.points_px(), dataset.sizes_wh())[row : row + 1]
    marks = dataset.targets()[row]
    return marks.argmax() if dataset.task == SINGLE_LABEL else marks


def test_each_epoch_has_an_order_of_its_own_that_the_seed_decides(data):
    dls, _, _ = _loaders(data, MULTI_LABEL)
    first, second, again = (_one_epoch(dls, seed)[0][0] for seed in (1, 2, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, second)


def test_a_training_part_that_does_not_fill_its_batches_leaves_the_rest_for_another_epoch(data):
    dls, _, _ = _loaders(data, MULTI_LABEL, batch_size=7)
    assert [len(inputs) for inputs, _ in dls.train] == [7, 7]
    assert sum(len(inputs) for inputs, _ in dls.valid) == 8


def test_pictures_keep_their_channels_last_in_memory(data):
    inputs, _ = _loaders(data, MULTI_LABEL)[0].one_batch()
    assert inputs.shape == (4, 3, SIZE, SIZE)
    assert inputs.is_contiguous(memory_format=torch.channels_last)


def test_a_loader_made_of_another_has_the_same_rows(data):
    dls, dataset, _ = _loaders(data, MULTI_LABEL)
    ordered = dls.train.new(shuffle=False, drop_last=False)
    targets = torch.cat([targets for _, targets in ordered])
    np.testing.assert_array_equal(targets.numpy(), dataset.part(valid=False).targets())


def test_rows_without_targets_and_pictures_from_outside_can_be_asked_for(data):
    dls, _, pictures = _loaders(data, MULTI_LABEL)
    (rows,) = dls.test_dl([3, 1]).one_batch()
    test_batches = dls.test_dl([PILImage.create(pictures[3]), PILImage.create(Image.fromarray(pictures[1]))])
    torch.testing.assert_close(rows, test_batches.one_batch()[0])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_pictures_wait_on_the_gpu(data):
    config = TrainConfig(MULTI_LABEL, str(data[MULTI_LABEL]), weights="none", size=SIZE, device="cuda")
    dataset = load(data[MULTI_LABEL], MULTI_LABEL)
    dls = fastai_backend.data_loaders(
        dataset, image_cache.cached_images(dataset, SIZE, lambda share: None), config
    )
    assert dls.train.rows.inputs.device.type == "cuda"
    assert dls.one_batch()[0].device.type == "cuda"


@pytest.mark.parametrize("task", TASKS)
def test_batches_made_together_are_those_made_one_by_one(data, task):
    dls, _, _ = _loaders(data, task, batch_size=2)
    apart = _one_epoch(dls, seed=5)
    dls.train.together = 2
    together = _one_epoch(dls, seed=5)
    assert len(apart) == len(together) > 3
    for one, other in zip(apart, together, strict=True):
        assert [type(part) for part in one] == [type(part) for part in other]
        assert all(torch.equal(*parts) for parts in zip(one, other, strict=True))


def test_each_picture_of_batches_made_together_is_moved_in_its_own_way(data):
    dls, _, _ = _loaders(data, POINTS, augment=True, batch_size=2)
    dls.train.together = 2
    first = dls.train.rows.batch([0])[0]
    dls.train.rows.inputs = np.repeat(dls.train.rows.inputs[:1], len(dls.train.rows.inputs), axis=0)
    pictures = torch.cat([batch[0] for batch in dls.train])
    assert pictures.shape[1:] == first.shape[1:]
    assert all(not torch.equal(pictures[at], pictures[at + 1]) for at in range(len(pictures) - 1))
