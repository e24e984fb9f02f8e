"""What is told when something that came in is not taken."""

from __future__ import annotations

from collections.abc import Iterable


class IncomingError(ValueError):
    """Something that came in is refused; the message holds every reason, each in one plain sentence."""

    def __init__(self, problems: str | Iterable[str]):
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))
