"""The column of a table that names images: the one whose cells name most of the images that are there."""

from __future__ import annotations

from engine.data.formats.assumptions import AS_SAID, AmbiguousError
from engine.data.formats.files.file_index import Listing, is_image
from engine.data.formats.images.image_names import tidy
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.record import DatasetError
from engine.data.formats.tables import headings
from engine.data.formats.tables.text_table import TextTable

LOOKED_AT = 300
"""How many different cells of each column are looked for among the images."""

LEAST_SHARE = 0.5
"""A column of unknown heading must name images with at least this share of its cells."""


def image_column(table: TextTable, listing: Listing, options: ReadOptions) -> tuple[int, str]:
    """The place of the column that names images, and why. Raises `DatasetError` where none does, and
    `AmbiguousError` where two columns of unknown headings name different images equally well."""
    if options.image_column:
        return table.place_of(options.image_column, "--image-column"), AS_SAID
    names = [headings.normal(name) for name in table.header]
    scores = {at: _score(table.cells_at(at), listing) for at in range(len(names))}
    known = {at: headings.IMAGE.index(name) for at, name in enumerate(names) if name in headings.IMAGE}
    likely = [at for at, (hits, _, share) in scores.items() if hits and (share >= LEAST_SHARE or at in known)]
    if likely:
        best = max(likely, key=lambda at: (scores[at][:2], -known.get(at, len(headings.IMAGE)), -at))
        equal = [at for at in likely if scores[at][:2] == scores[best][:2] and at not in known and at != best]
        if best not in known and equal and _differ(table, best, equal[0]):
            says = f"Two columns of {table.title} name images: “{table.header[best]}” and “{table.header[equal[0]]}”."
            both = [{"image_column": table.header[at].strip()} for at in (best, equal[0])]
            raise AmbiguousError(says, ("image_column",), both)
        return (
            best,
            f"{scores[best][0]:,} of {_looked_at(table, best):,} checked names belong to images",
        )
    named = [at for at in scores if _ends_like_images(table.cells_at(at))]
    if known or named:
        at = min(known, key=lambda at: known[at]) if known else named[0]
        return at, "by its heading" if known else "its cells end like the names of images"
    came = ", ".join(name.strip() or "(no name)" for name in table.header)
    raise DatasetError(
        f"{table.title} has no column that names images that are there; its columns are: {came}. Name one with"
        " --image-column."
    )


def has_no_header(table: TextTable, listing: Listing) -> bool:
    """Whether the first row names an image, as the others do, so that it is no header."""
    names = [headings.normal(name) for name in table.header]
    for at, name in enumerate(table.header):
        if is_image(tidy(name)) and len(name) > 5:
            return True
        if name.strip() and names[at] not in headings.IMAGE and listing.candidates(tidy(name)):
            hits, _, share = _score(table.cells_at(at), listing)
            others = {*names[:at], *names[at + 1 :]}
            if hits and share >= LEAST_SHARE and not others & headings.KNOWN:
                return True
    return False


def _score(cells: list[str], listing: Listing) -> tuple[int, int, float]:
    """How many different cells fit an image, how many of them with its whole name, and the share of those that fit."""
    asked = list(dict.fromkeys(cell for cell in cells if cell))
    asked = asked[:: max(1, len(asked) // LOOKED_AT)]
    hits = exact = 0
    for cell in asked:
        name = tidy(cell).partition("?")[0] if "://" in cell else tidy(cell)
        if found := listing.candidates(name):
            hits += 1
            exact += found[0].rpartition("/")[2].casefold() == name.rpartition("/")[2].casefold()
    return hits, exact, hits / len(asked) if asked else 0


def _looked_at(table: TextTable, at: int) -> int:
    asked = {cell for cell in table.cells_at(at) if cell}
    return len(list(asked)[:: max(1, len(asked) // LOOKED_AT)])


def _differ(table: TextTable, one: int, other: int) -> bool:
    return table.cells_at(one) != table.cells_at(other)


def _ends_like_images(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and 2 * sum(map(is_image, filled)) > len(filled)
