"""What keeps a GPU from waiting for Python: batches made while training runs.

A step of a small network is a few hundred calls, which a GPU answers sooner than a processor can make them, and
reading a number from it waits for everything asked of it before.
"""

from collections.abc import Iterator

import torch


def prefetched(batches: Iterator, device: torch.device) -> Iterator:
    """The same batches, made on a stream of their own, so that what waits for them does not wait for the training."""
    training, making = torch.cuda.current_stream(device), torch.cuda.Stream(device)
    making.wait_stream(training)
    while True:
        with torch.cuda.stream(making):
            batch = next(batches, None)
        if batch is None:
            return
        training.wait_stream(making)
        for tensor in batch:
            tensor.record_stream(training)
        yield batch
