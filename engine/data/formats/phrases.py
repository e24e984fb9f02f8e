"""How many things are told in one sentence."""

from collections.abc import Iterable, Sequence

from engine.functional.label_text import LONGEST, visible

SHOWN = 3


def some(names: Sequence[str]) -> str:
    """The first few names and how many more there are: "a.jpg, b.jpg, c.jpg and 14 more".

    Each is shown on one line of at most `LONGEST` characters, those that cannot be seen by their numbers.
    """
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(visible(str(name), LONGEST) for name in names[:SHOWN]) + more


def quoted(names: Iterable[str]) -> list[str]:
    """Names or labels in quotation marks, as a sentence shows them."""
    return [f"“{visible(name, LONGEST)}”" for name in names]


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 image", "5,011 images"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
