"""How many things are told in one sentence."""

from collections.abc import Sequence

SHOWN = 3


def some(names: Sequence[str]) -> str:
    """The first few names and how many more there are: "a.jpg, b.jpg, c.jpg and 14 more"."""
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(str(name) for name in names[:SHOWN]) + more


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 image", "5,011 images"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
