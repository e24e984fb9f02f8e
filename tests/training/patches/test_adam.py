"""The optimizer steps as fastai's own does, to the last bit, whatever is frozen, decayed or gone on with."""

import pytest
import torch
from fastai.optimizer import Adam
from torch import nn

from engine.training.patches.adam import adam

OPTIONS = {"lr": 0.01, "wd": 0.1}


def network(seed: int = 3) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2))


def groups(model: nn.Sequential) -> list[list]:
    return [list(model[:2].parameters()), list(model[2:].parameters())]


def optimizer(make, model: nn.Sequential):
    made = make(groups(model), **OPTIONS)
    for parameter in model[1].parameters():
        made.state[parameter]["do_wd"] = False
    return made


def steps(model: nn.Sequential, opt, count: int, seed: int = 0) -> None:
    torch.manual_seed(seed)
    for _ in range(count):
        model(torch.randn(8, 4)).square().mean().backward()
        opt.step()
        opt.zero_grad()


def both(change=lambda model, opt: None) -> list[tuple]:
    """fastai's and ours after steps, a change and further steps."""
    ways = []
    for make in (Adam, adam):
        model = network()
        opt = optimizer(make, model)
        steps(model, opt, 5)
        change(model, opt)
        steps(model, opt, 5, seed=1)
        ways.append((model, opt))
    return ways


def must_be_equal(theirs: tuple, ours: tuple) -> None:
    for one, other in zip(theirs[0].parameters(), ours[0].parameters(), strict=True):
        assert torch.equal(one, other)
        assert theirs[1].state[one].keys() == ours[1].state[other].keys()
        for name, value in theirs[1].state[one].items():
            assert torch.equal(torch.as_tensor(value), torch.as_tensor(ours[1].state[other][name])), name


def freeze(model: nn.Sequential, opt) -> None:
    opt.freeze()
    for parameter in model.parameters():
        parameter.grad = None


@pytest.mark.parametrize(
    "change",
    [
        lambda model, opt: None,
        lambda model, opt: opt.set_hypers(lr=slice(1e-4, 1e-2), mom=0.8, sqr_mom=0.9, eps=1e-3),
        lambda model, opt: opt.set_hyper("wd", 0.0),
        lambda model, opt: opt.clear_state(),
        freeze,
    ],
    ids=["as it began", "other numbers", "no decay", "begun again", "frozen"],
)
def test_steps_are_fastais_to_the_last_bit(change):
    must_be_equal(*both(change))


def test_parameters_that_began_later_have_their_own_count_of_steps():
    def freeze_and_unfreeze(model, opt):
        freeze(model, opt)
        steps(model, opt, 2)
        opt.unfreeze()

    theirs, ours = both(freeze_and_unfreeze)
    must_be_equal(theirs, ours)
    assert {state["step"] for state in ours[1].state.values()} == {10, 12}


def test_no_gradient_no_step():
    model = network()
    before = [parameter.clone() for parameter in model.parameters()]
    optimizer(adam, model).step()
    assert all(torch.equal(one, other) for one, other in zip(before, model.parameters(), strict=True))
