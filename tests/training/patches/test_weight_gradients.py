"""Gradients by products are those of torch's own convolution, and are used only where they are faster."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from engine.training.patches import weight_gradients
from engine.training.patches.weight_gradients import Convolution, GradientsByProducts, _ByProducts

CONVOLUTIONS = (
    ((3, 3), (1, 1), (1, 1)),
    ((3, 3), (2, 2), (1, 1)),
    ((1, 1), (1, 1), (0, 0)),
    ((1, 1), (2, 2), (0, 0)),
    ((5, 3), (2, 1), (2, 0)),
    ((2, 2), (3, 2), (0, 1)),
)
"""Kernel, stride and padding, each (down, right)."""


def _operands(kernel, dtype=torch.double):
    generator = torch.Generator().manual_seed(0)
    shapes = (2, 3, 7, 6), (4, 3, *kernel)
    return [torch.randn(shape, generator=generator, dtype=dtype, requires_grad=True) for shape in shapes]


@pytest.mark.parametrize(("kernel", "stride", "padding"), CONVOLUTIONS)
def test_the_gradients_are_those_of_conv2d(kernel, stride, padding):
    pictures, weight = _operands(kernel)
    assert torch.autograd.gradcheck(
        lambda *operands: Convolution.apply(*operands, stride, padding), (pictures, weight)
    )
    ours, theirs = (
        Convolution.apply(pictures, weight, stride, padding),
        F.conv2d(pictures, weight, None, stride, padding),
    )
    torch.testing.assert_close(ours, theirs)
    came = torch.randn_like(theirs)
    gradients = [torch.autograd.grad(answer, (pictures, weight), came) for answer in (ours, theirs)]
    torch.testing.assert_close(*gradients)


def test_in_half_precision_they_are_as_near_as_torchs_own():
    pictures, weight = _operands((3, 3), torch.float32)
    exact = torch.autograd.grad(F.conv2d(pictures, weight, None, 1, 1).sum(), weight)[0]
    with torch.autocast("cpu", torch.bfloat16):
        ours = Convolution.apply(pictures, weight, (1, 1), (1, 1))
    assert ours.dtype == torch.bfloat16
    found = torch.autograd.grad(ours.float().sum(), weight)[0]
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, exact, rtol=2e-2, atol=2e-1)


def test_only_plain_convolutions_and_only_while_a_fit_lasts():
    plain, others = nn.Conv2d(4, 4, 3, bias=False), (
        nn.Conv2d(4, 4, 3),
        nn.Conv2d(4, 4, 3, bias=False, groups=2),
        nn.Conv2d(4, 4, 3, bias=False, dilation=2),
        nn.Conv2d(4, 4, 3, bias=False, padding="same"),
        nn.Conv2d(4, 4, 3, bias=False, padding=1, padding_mode="reflect"),
    )  # fmt: skip
    callback = GradientsByProducts()
    callback.learn = type("Learn", (), {"model": nn.Sequential(plain, *others)})()
    callback.before_fit()
    assert type(plain) is _ByProducts and {type(one) for one in others} == {nn.Conv2d}
    callback.after_fit()
    assert type(plain) is nn.Conv2d


@pytest.mark.parametrize(("side", "is_used"), [(4, True), (5, False)])
def test_products_are_for_few_places_and_many_channels(side, is_used, monkeypatch):
    used = []

    def apply(pictures, weight, stride, padding):
        used.append(True)
        return F.conv2d(pictures, weight, None, stride, padding)

    monkeypatch.setattr(weight_gradients.Convolution, "apply", apply)
    convolution = _ByProducts(16, 4, 3, padding=1, bias=False)
    convolution(torch.zeros(1, 16, side, side))
    with torch.no_grad():
        convolution(torch.zeros(1, 16, side, side))
    assert used == [True] * is_used
