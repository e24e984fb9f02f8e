"""Where the images that a source names lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from engine.data.formats.files.file_index import Listing, is_unsafe
from engine.data.formats.images import image_names
from engine.data.formats.images.image_names import Matches, tidy
from engine.data.formats.parsed_source import ParsedSource, Problem
from engine.data.formats.phrases import some

IMAGE_FOLDERS = ("train", "images", "pictures", "JPEGImages", "")
"""Where the images of a table may lie, seen from the table."""

ENOUGH = 200
USUAL_ENDINGS = (".jpg", ".jpeg", ".png")
_WAYS = {
    image_names.STEM: "by their names without the ending or in another letter case",
    image_names.URL: "by the end of their web addresses",
    image_names.PATH: "by the end of their paths, which begin with folders of another computer",
}


def place_images(parsed: ParsedSource, near: str = "") -> None:
    """Write each row's name, as its source has it, relative to the listing; `near` is the folder of what names it.

    Names that are not written as on the disk are matched as `image_names.match` says, which is recorded as an
    assumption; a name that fits several files is a problem.
    """
    names = [row.fname.strip() for row in parsed.rows]
    matches, parsed.place = find_images(names, parsed.listing, near)
    for row, name in zip(parsed.rows, names, strict=True):
        row.has_name = bool(name)
        row.fname = _place(name, matches, parsed.place) if name else row.where
    for way, (name, file) in matches.ways.items():
        parsed.assume("image names", f"matched {_WAYS[way]}", f"“{name}” is “{file}”")
    if matches.unclear:
        names_told = tuple(
            (_place(name, matches, parsed.place), f"{name} ({some(files)})")
            for name, files in matches.unclear.items()
        )
        parsed.problems.append(Problem("unclear name", names_told, _says_unclear))


def _says_unclear(told: list[str]) -> str:
    return f"Names that fit several files, so that it is unclear which is meant: {some(told)}; remove the others."


def find_images(names: Sequence[str], listing: Listing, near: str = "") -> tuple[Matches, str]:
    """The file that each name means, and the folder in which most of them lie (a usual one where none does)."""
    usual = list(dict.fromkeys(_join(near, one) if one else near for one in IMAGE_FOLDERS))
    place = _folder_of_most(names, listing, usual)
    matches = image_names.match(names, listing, place)
    if not matches.files:
        place = next((folder for folder in usual if folder in listing.folders), usual[-1])
    return matches, place


def _folder_of_most(names: Sequence[str], listing: Listing, usual: Sequence[str]) -> str:
    """The folder that holds most of the first names, whole or by their last part; usual ones first.

    It is "" where two other folders hold equally many of them, unless the images of one are of a more usual kind: then
    it is not known which images are meant.
    """
    some_names = [tidy(name) for name in dict.fromkeys(names) if name][:: max(1, len(names) // ENOUGH)]
    whole: Counter[str] = Counter()
    for base in usual:
        whole[base] = sum(listing.same(_join(base, name)) is not None for name in some_names)
    best = max(usual, key=lambda base: (whole[base], base in listing.folders))
    if whole[best]:
        return best
    counts: Counter[str] = Counter()
    for name in some_names:
        counts.update({_base(file, name) for file in listing.candidates(name)})
    rank = {folder: len(usual) - at for at, folder in enumerate(usual)}
    order = {
        folder: (count, rank.get(folder, 0), _has_usual_images(listing, folder))
        for folder, count in counts.items()
    }
    most = [folder for folder, place in order.items() if place == max(order.values())]
    return most[0] if len(most) == 1 else "" if most else usual[-1]


def _has_usual_images(listing: Listing, folder: str) -> bool:
    """Whether the images in a folder are JPEG or PNG, which others keep next to files such as TIFF."""
    images = [name for name in listing.images_in(folder) if name.lower().endswith(USUAL_ENDINGS)]
    return bool(images)


def _base(file: str, name: str) -> str:
    """The folder from which a name would lead to the file; that of the file where it does not."""
    folder, own = PurePosixPath(file).parent.as_posix(), PurePosixPath(name).parent.as_posix()
    folder = "" if folder == "." else folder
    return folder.removesuffix(own).rstrip("/") if own != "." and folder.endswith(own) else folder


def _place(name: str, matches: Matches, place: str) -> str:
    if name in matches.files:
        return matches.files[name]
    tidied = tidy(name)
    return tidied if is_unsafe(tidied) else _join(place, tidied)


def _join(base: str, name: str) -> str:
    return f"{base}/{name}" if base else name
