"""Let features that were computed before pass through the layers of a network that would compute them."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

WRITTEN_FOR = {"torch": "2.15.0"}
REMOVE_WHEN = "a forward pre-hook of torch can answer in the place of its module"


@contextmanager
def skipping(module: nn.Module, shape: tuple[int, ...]) -> Iterator[None]:
    """Within this context, a module hands on inputs of a shape (without the batch) and answers others as before."""
    forward = module.forward
    module.forward = lambda inputs: inputs if inputs.shape[1:] == shape else forward(inputs)
    try:
        yield
    finally:
        del module.forward
