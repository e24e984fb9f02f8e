"""The JSON files of a source, a few at once or one for each image, one after another."""

from __future__ import annotations

from collections.abc import Iterator

from engine.data.formats.files.json_file import read_json
from engine.data.formats.record import DatasetError
from engine.data.formats.source import Source

TRIED, MOST_HELD = 5, 20


def json_names(source: Source) -> list[str]:
    """The JSON file that was named, or all in the folder."""
    if source.file:
        return [source.file] if source.file.lower().endswith(".json") else []
    return [name for name in source.listing.names if name.lower().endswith(".json")]


def sample(source: Source) -> list[object]:
    """What a few of the files hold, or all of them where they are few; those that cannot be read are left out."""
    return [held for _, held in documents(source, few=True) if not isinstance(held, DatasetError)]


def documents(source: Source, few: bool = False) -> Iterator[tuple[str, object]]:
    """The name of each file and what it holds, or its `DatasetError`.

    More than `MOST_HELD` files belong to single images: only one of them is held at a time.
    """
    names = json_names(source)
    if len(names) <= MOST_HELD:
        yield from ((name, source.jsons[name]) for name in names if name in source.jsons)
        return
    for name in names[:: max(1, len(names) // TRIED)] if few else names:
        try:
            yield name, read_json(source.listing.folder / name)
        except DatasetError as error:
            yield name, error
