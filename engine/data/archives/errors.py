"""What is told when something that came in is not taken."""

from __future__ import annotations

from collections.abc import Iterable

from engine.functional import label_text


class IncomingError(ValueError):
    """Something that came in is refused; the message holds every reason, each in one plain sentence."""

    def __init__(self, problems: str | Iterable[str]):
        problems = (problems,) if isinstance(problems, str) else problems
        self.problems = tuple(map(label_text.sentence, problems))
        super().__init__("\n".join(self.problems))
