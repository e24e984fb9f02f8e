"""The workers that train one run together, each on a part of every batch. One process alone is a team of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.data.formats.phrases import counted

FEWEST_IMAGES = 2
"""Of a batch, for each worker: a batch norm that sees the part alone cannot learn from a single image."""


class WorkersLostError(RuntimeError):
    """Another worker of the team is gone, so this one cannot go on alone."""


@dataclass(frozen=True)
class Team:
    """How many workers there are, and which of them, from 0, this process is; the first one writes the run."""

    rank: int = 0
    workers: int = 1

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    @property
    def is_alone(self) -> bool:
        return self.workers == 1

    def part(self, batch: Sequence[int]) -> Sequence[int]:
        """This worker's images of a batch; the parts of all workers are the whole batch.

        >>> Team(0, 2).part([4, 7, 1]), Team(1, 2).part([4, 7, 1])
        ([4, 1], [7])
        """
        return batch[self.rank :: self.workers]

    def share(self, batch_size: int) -> float:
        """Which share of a batch of that size is this worker's.

        >>> Team(0, 2).share(3) + Team(1, 2).share(3)
        1.0
        """
        return len(self.part(range(batch_size))) / batch_size


def most_workers(batch_size: int) -> int:
    """How many workers a batch of that size is enough for, at most.

    >>> most_workers(64), most_workers(5)
    (32, 2)
    """
    return max(1, batch_size // FEWEST_IMAGES)


def too_many(workers: int, batch_size: int) -> str:
    """Why a batch of that size is too small for so many workers; "" where it is large enough."""
    if workers <= most_workers(batch_size):
        return ""
    batch, team = counted(batch_size, "image"), counted(workers, "worker")
    return (
        f"A batch of {batch} is too small for {team}, which need {counted(FEWEST_IMAGES, 'image')} each: "
        f"use at most {most_workers(batch_size)}, or a larger batch size."
    )


ALONE = Team()
