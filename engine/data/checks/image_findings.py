"""Findings about the files themselves: unreadable, there more than once, of odd size."""

from __future__ import annotations

import numpy as np

from engine.data.checks import duplicate_findings
from engine.data.checks.check_input import Subject
from engine.data.checks.finding import HARMS, NOTE, STOPS, Finding, images, leave_out
from engine.data.formats.bad_rows import set_aside
from engine.data.formats.phrases import some

SMALLEST_SIDE = 32
LONGEST_SHAPE = 4
AREA_FACTOR = 16


def findings(subject: Subject) -> list[Finding]:
    """All of them."""
    return [*_unreadable(subject), *duplicate_findings.findings(subject), *_odd_sizes(subject)]


def _unreadable(subject: Subject) -> list[Finding]:
    errors = subject.facts.errors
    if not errors:
        return []
    names, first = tuple(errors), next(iter(errors.values()))
    others = f" {len(errors) - 1:,} more cannot be read either." if len(errors) > 1 else ""
    sentence, severity = first + others, STOPS
    if not errors.keys() & {row.fname for row in subject.used}:
        severity = HARMS
    elif subject.set_aside:
        sentence, severity = f"{set_aside(len(errors.keys() & subject.set_aside))} {sentence}", HARMS
    return [Finding("unreadable", sentence, severity, names, (leave_out(names),), errors)]


def _odd_sizes(subject: Subject) -> list[Finding]:
    about = odd_sizes(subject.facts.sizes)
    if not about:
        return []
    sentence = (
        f"{images(len(about))} of odd size: {some([f'{name} ({says})' for name, says in about.items()])}."
    )
    return [Finding("odd size", sentence, NOTE, tuple(about), (leave_out(about),), about)]


def odd_sizes(sizes: dict[str, tuple[int, int]]) -> dict[str, str]:
    """The images that are tiny, very long, or of quite another size than most, and what is odd about each."""
    if not sizes:
        return {}
    usual = float(np.median([width * height for width, height in sizes.values()]))
    told = {fname: _oddness(size, usual) for fname, size in sizes.items()}
    return {fname: says for fname, says in told.items() if says}


def _oddness(size: tuple[int, int], usual_area: float) -> str:
    (short, long), area = sorted(size), size[0] * size[1]
    shown = f"{size[0]:,} x {size[1]:,}"
    if short < SMALLEST_SIDE:
        return f"{shown}, tiny"
    if long > LONGEST_SHAPE * short:
        return f"{shown}, very {'wide' if size[0] > size[1] else 'tall'}"
    if not usual_area / AREA_FACTOR <= area <= usual_area * AREA_FACTOR:
        return f"{shown}, far {'larger' if area > usual_area else 'smaller'} than most"
    return ""
