"""Findings about labels: spelled twice, too rare, in one part only, none, several, and out of balance."""

from __future__ import annotations

from collections.abc import Sequence, Set
from difflib import get_close_matches

from engine import tasks
from engine.data.checks.check_input import Subject
from engine.data.checks.finding import HARMS, NOTE, STOPS, Finding, Fix, images, leave_out, short_name
from engine.data.edits import LABEL_RENAMED
from engine.data.formats import checks
from engine.data.formats.parsed_source import Row
from engine.data.formats.phrases import counted, quoted, some
from engine.data.splits.stratify import MEASURED
from engine.functional import label_text

UNBALANCED, NEARLY_ONE = 10, 1.05
"""A label this many times as frequent as another harms; one nearly as frequent is no finding."""
OFFERED_ONE_BY_ONE = 8
SLIP = 0.75
"""How alike two labels are (difflib's ratio) for one to be a misspelling of the other."""


def findings(subject: Subject) -> list[Finding]:
    """All of them; nothing for points."""
    return [
        *_too_few(subject),
        *_spellings(subject),
        *_look_alikes(subject),
        *_unseen_characters(subject),
        *_only_in_validation(subject),
        *_once(subject),
        *_everywhere(subject),
        *_balance(subject),
        *_only_in_training(subject),
        *_several(subject),
        *_empty(subject),
    ]


def _too_few(subject: Subject) -> list[Finding]:
    vocab = tuple(sorted({label for row in subject.parsed.rows for label in row.labels}))
    problems = checks.vocab_problems(vocab, subject.task, subject.parsed.rows) if subject.parsed.rows else []
    return [Finding("too few labels", problem, STOPS) for problem in problems]


def _spellings(subject: Subject) -> list[Finding]:
    groups = checks.spellings(subject.parsed.rows)
    if not groups:
        return []
    (sentence,) = checks.spelling_problems(subject.parsed.rows)
    merges = [_merge(group) for group in groups]
    together = {old: new for merge in merges for old, new in merge.given.items()}
    every = [Fix("write-alike", "Use the most frequent spelling of each", LABEL_RENAMED, together)]
    unlike = {label for group in groups for label in group}
    rows = [row for row in subject.parsed.rows if unlike & set(row.labels)]
    renamed = set(together)
    rows.sort(key=lambda row: not renamed & set(row.labels))
    about = {row.fname: ", ".join(row.labels) for row in rows}
    fixes = (*(every if len(merges) > 1 else ()), *merges[:OFFERED_ONE_BY_ONE])
    return [Finding("spelling", sentence, STOPS, tuple(about), fixes, about)]


def _look_alikes(subject: Subject) -> list[Finding]:
    """Labels that a person cannot tell apart, though they are written with other characters."""
    told = {label for group in checks.spellings(subject.parsed.rows) for label in group}
    counts = {label: len(rows) for label, rows in subject.with_label.items()}
    groups = [group for group in label_text.look_alikes(counts) if not told.issuperset(group)]
    if not groups:
        return []
    merges = [_merge({label: counts[label] for label in group}) for group in groups]
    pairs = [
        " and ".join(f"{quoted([label])[0]} ({_odd_characters(label)})" for label in group)
        for group in groups
    ]
    sentence = f"Different labels that look alike: {some(pairs)}; use one spelling."
    together = {old: new for merge in merges for old, new in merge.given.items()}
    every = (Fix("write-look-alikes", "Use the most frequent spelling of each", LABEL_RENAMED, together),)
    names = _images_of(subject, {label for group in groups for label in group})
    fixes = (*(every if len(merges) > 1 else ()), *merges[:OFFERED_ONE_BY_ONE])
    return [Finding("look alike", sentence, HARMS, names, fixes, _labels_of(subject, names))]


def _odd_characters(label: str) -> str:
    """What tells a label from one that looks the same: its first characters outside of ASCII, by their numbers."""
    odd = [f"U+{ord(sign):04X}" for sign in dict.fromkeys(label) if not sign.isascii()]
    return some(odd) if odd else "plain letters"


def _unseen_characters(subject: Subject) -> list[Finding]:
    """Labels with characters that cannot be seen, or that turn the direction of the text."""
    tidy = {label: label_text.without_unseen(label).strip() for label in subject.with_label}
    tidy = {label: new for label, new in tidy.items() if new != label.strip()}
    if not tidy:
        return []
    sentence = f"Labels with invisible characters: {some(quoted(tidy))}."
    fix = Fix("remove-unseen-characters", "Remove these characters", LABEL_RENAMED, tidy)
    names = _images_of(subject, tidy.keys())
    return [Finding("unseen characters", sentence, HARMS, names, (fix,), _labels_of(subject, names))]


def _images_of(subject: Subject, labels: Set[str]) -> tuple[str, ...]:
    return tuple(row.fname for row in subject.used if not labels.isdisjoint(row.labels))


def _soundly_spelled(subject: Subject) -> list[tuple[str, list[Row]]]:
    """The labels with their rows, without those that may only be another label, written otherwise."""
    doubtful = {label for group in checks.spellings(subject.parsed.rows) for label in group}
    return [(label, rows) for label, rows in subject.with_label.items() if label not in doubtful]


def _counts_written_alike(subject: Subject) -> dict[str, int]:
    """How many images have each label, were all its spellings the most frequent one."""
    counts = {label: len(rows) for label, rows in _soundly_spelled(subject)}
    for group in checks.spellings(subject.parsed.rows):
        together = {row.fname for label in group for row in subject.with_label.get(label, ())}
        counts[_usual(group)] = len(together)
    return counts


def _usual(group: dict[str, int]) -> str:
    return max(group, key=lambda label: (group[label], label))


def _merge(group: dict[str, int]) -> Fix:
    """All spellings become the one that most images have."""
    usual = _usual(group)
    others = {label: usual for label in group if label != usual}
    return Fix(f"write-{short_name(usual)}", f"Change all to “{usual}”", LABEL_RENAMED, others)


def _only_in_validation(subject: Subject) -> list[Finding]:
    unseen = {label: rows for label, rows in _soundly_spelled(subject) if all(row.is_valid for row in rows)}
    if not unseen:
        return []
    names = tuple(dict.fromkeys(row.fname for rows in unseen.values() for row in rows))
    is_or_are, it = ("is a label", "it") if len(unseen) == 1 else ("are labels", "them")
    sentence = (
        f"{some(quoted(unseen))} {is_or_are} of validation images only, so no model can learn {it} and each counts as"
        " an error."
    )
    moved = dict.fromkeys(rows[0].fname for rows in unseen.values())
    fixes = (
        *subject.to_training(f"Move {images(len(moved))} to training", moved),
        leave_out(names),
        _forget(unseen),
    )
    return [Finding("only in validation", sentence, HARMS, names, fixes, _labels_of(subject, names))]


def _only_in_training(subject: Subject) -> list[Finding]:
    if not any(row.is_valid for row in subject.used):
        return []
    unmeasured = [
        label
        for label, rows in _soundly_spelled(subject)
        if len(rows) > 1 and not any(row.is_valid for row in rows)
    ]
    if not unmeasured:
        return []
    sentence = (
        f"No validation image has {some(quoted(unmeasured))}, so the score says nothing about"
        f" {'it' if len(unmeasured) == 1 else 'them'}: {_advice(subject, unmeasured)}."
    )
    return [Finding("only in training", sentence, NOTE)]


def _advice(subject: Subject, labels: Sequence[str]) -> str:
    """How to get validation images of some labels: an even split has them where a label has enough images."""
    fewest = min(len(subject.with_label[label]) for label in labels)
    if fewest >= MEASURED:
        return "split again, evenly by label"
    return f"add images, so that each label has at least {MEASURED}, and split again"


def _everywhere(subject: Subject) -> list[Finding]:
    """Labels of every image, of which nothing could be learned but that they are always there."""
    rows = subject.used
    always = sorted(set(rows[0].labels).intersection(*(row.labels for row in rows))) if len(rows) > 1 else []
    if not always or len(always) == len(subject.with_label):
        return []
    says = "it cannot be learned, and makes" if len(always) == 1 else "they cannot be learned, and make"
    sentence = f"Every image has {some(quoted(always))}: {says} the score too high."
    return [Finding("on every image", sentence, HARMS, (), (_forget(always),))]


def _once(subject: Subject) -> list[Finding]:
    rare = {
        label: rows[0].fname
        for label, rows in _soundly_spelled(subject)
        if len(rows) == 1 and not rows[0].is_valid  # one that only validation has is told already
    }
    if not rare:
        return []
    names = tuple(dict.fromkeys(rare.values()))
    has, it = ("has", "Is it") if len(rare) == 1 else ("have", "Are they")
    sentence = (
        f"{some(quoted(rare))} {has} one image only{'' if len(rare) == 1 else ' each'}, too few to train "
        f"and validate on. {it} misspelled?"
    )
    fixes = (leave_out(names), *_slips(subject, rare), _forget(rare))
    return [Finding("one image only", sentence, HARMS, names, fixes, _labels_of(subject, names))]


def _slips(subject: Subject, rare) -> list[Fix]:
    """For a rare label that is nearly the name of a common one: write it so."""
    common = [label for label in subject.with_label if label not in rare]
    nearest = {label: get_close_matches(label, common, 1, SLIP) for label in list(rare)[:OFFERED_ONE_BY_ONE]}
    return [
        Fix(
            f"write-{short_name(label)}-as-{short_name(found[0])}",
            f"Change “{label}” to “{found[0]}”",
            LABEL_RENAMED,
            {label: found[0]},
        )
        for label, found in nearest.items()
        if found
    ]


def _forget(labels) -> Fix:
    says = (
        f"Remove the label “{next(iter(labels))}”"
        if len(labels) == 1
        else f"Remove these {len(labels)} labels"
    )
    return Fix("remove-label", says, LABEL_RENAMED, dict.fromkeys(labels, ""))


def _balance(subject: Subject) -> list[Finding]:
    counts = {label: count for label, count in _counts_written_alike(subject).items() if count > 1}
    if len(counts) < 2:
        return []
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    ratio = counts[most] / counts[least]
    if ratio < NEARLY_ONE:
        return []
    sentence = (
        f"The most frequent label, “{most}” ({counts[most]:,}), is {ratio:.1f} times as frequent as “{least}”"
        f" ({counts[least]:,})."
    )
    if ratio <= UNBALANCED:
        return [Finding("balance", sentence, NOTE)]
    return [
        Finding(
            "balance", f"{sentence} Add images of the rare labels, or train with weights (--balance).", HARMS
        )
    ]


def _several(subject: Subject) -> list[Finding]:
    if not tasks.get(subject.task).has_one_label:
        return []
    rows = [row for row in subject.parsed.rows if len(row.labels) > 1]
    if not rows:
        return []
    names = tuple(row.fname for row in rows)
    sentence = (
        f"{counted(len(rows), 'image has', 'images have')} several labels, and single-label does not use them"
    )
    severity = HARMS if 2 * len(rows) > len(subject.parsed.rows) else NOTE
    sentence += ": choose multi-label, which uses all images." if severity == HARMS else "."
    return [
        Finding("several labels", sentence, severity, names, (leave_out(names),), _labels_of(subject, names))
    ]


def _empty(subject: Subject) -> list[Finding]:
    is_unused = tasks.get(subject.task).has_one_label
    empty = [row for row in subject.parsed.rows if not row.labels and (is_unused or not row.is_decided)]
    names = tuple(row.fname for row in empty)
    if not names:
        return []
    meaning = (
        "single-label does not use them"
        if is_unused
        else "each counts as “none of the labels” until you label or exclude it"
    )
    sentence = f"{counted(len(names), 'image has', 'images have')} no label: {meaning}."
    return [Finding("no label", sentence, NOTE, names, (leave_out(names),))]


def _labels_of(subject: Subject, names: tuple[str, ...]) -> dict[str, str]:
    return {fname: ", ".join(subject.by_name[fname].labels) for fname in names}
