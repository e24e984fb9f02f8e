"""What a lesson asks: questions with an explanation of each choice, and tasks that check themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A question with its choices; `right` is the right choice, or its place among them.

    `explain` gets a choice and says, with the numbers on screen, why it is right or wrong.
    """

    prompt: str
    choices: Sequence[str]
    right: str | int
    explain: Callable[[str], str]

    def __post_init__(self) -> None:
        if len(set(self.choices)) != len(self.choices) or len(self.choices) < 2:
            raise ValueError(
                f"choices of {self.prompt!r} are {list(self.choices)}; expected two or more, each once."
            )
        if self.right_choice not in self.choices:
            raise ValueError(f"right is {self.right!r}; expected one of {list(self.choices)} or its place.")

    @property
    def right_choice(self) -> str:
        """The choice that is right."""
        if isinstance(self.right, str):
            return self.right
        return self.choices[self.right] if 0 <= self.right < len(self.choices) else ""


@dataclass(frozen=True)
class Task:
    """Something to try: a key of letters, digits, - and _; what to do; whether it is done now; and a hint."""

    key: str
    text: str
    is_done: bool
    hint: str = ""
