"""What the names of images must be: safe, there on the disk, and each given once."""

from __future__ import annotations

from collections import Counter

from engine.data.formats.files.file_index import is_unsafe
from engine.data.formats.parsed_source import ParsedSource, Problem
from engine.data.formats.phrases import counted, some


def name_problems(parsed: ParsedSource) -> list[Problem]:
    """Names that are absent, unsafe, not on the disk, or given more than once."""
    nameless = [(row.fname, row.where) for row in parsed.rows if not row.has_name]
    named = [row.fname for row in parsed.rows if row.has_name]
    unsafe = [(name, name) for name in named if is_unsafe(name)]
    safe = [name for name in named if not is_unsafe(name)]
    problems = [
        Problem("nameless", tuple(nameless), lambda told: f"Rows without an image's name: {some(told)}."),
        Problem(
            "unsafe",
            tuple(unsafe),
            lambda told: (
                "Names must stay inside the dataset's folder, without “..” or a path from the root:"
                f" {some(told)}."
            ),
        ),
        *_not_there(safe, parsed),
        _named_twice(named),
    ]
    return [problem for problem in problems if problem.told]


def _not_there(names: list[str], parsed: ParsedSource) -> list[Problem]:
    place, listing = parsed.place, parsed.listing
    told = {
        fname
        for one in parsed.problems
        if isinstance(one, Problem)
        for fname in one.fnames
        if one.kind == "unclear name"
    }
    missing = [name for name in dict.fromkeys(names) if name not in listing.known and name not in told]
    behind = [(name, name) for name in missing if listing.leads_out(name)]
    led_out = {name for name, _ in behind}
    nowhere = [
        (name, name.removeprefix(f"{place}/") if place else name) for name in missing if name not in led_out
    ]
    where, every = f"in “{place}”" if place else "next to the table", len(set(names))
    return [
        Problem(
            "link",
            tuple(behind),
            lambda told: f"Links that lead out of the folder are not followed: {some(told)}.",
        ),
        Problem(
            "missing",
            tuple(nowhere),
            lambda told: (
                f"Not found {where}: {len(told):,} of the {counted(every, 'image')} that the table names:"
                f" {some(told)}."
            ),
        ),
    ]


def _named_twice(names: list[str]) -> Problem:
    counts = Counter(names)
    twice = tuple((name, f"{name} ({count} times)") for name, count in counts.items() if count > 1)
    return Problem(
        "named twice",
        twice,
        lambda told: f"An image may have one row only, but these have more: {some(told)}.",
    )
