"""Findings about labels: spelled twice, too rare, in one part only, none, several, and how they are balanced."""

from __future__ import annotations

from difflib import get_close_matches

from engine import tasks
from engine.data.checks.check_input import Subject, quoted
from engine.data.checks.finding import HARMS, NOTE, STOPS, Finding, Fix, counted_images, leave_out
from engine.data.edits import LABEL_RENAMED
from engine.data.formats import checks
from engine.data.formats.parsed_source import Row
from engine.data.formats.phrases import counted, some

UNBALANCED, NEARLY_ONE = 10, 1.05
OFFERED_ONE_BY_ONE = 8
SLIP = 0.75
"""How alike two labels are (difflib's ratio) for one to be a slip of the pen for the other."""


def findings(subject: Subject) -> list[Finding]:
    """All of them; nothing for points."""
    return [
        *_too_few(subject),
        *_spellings(subject),
        *_only_in_validation(subject),
        *_once(subject),
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
    remedies = [Fix("Write each as it is mostly written", LABEL_RENAMED, together)] if len(merges) > 1 else []
    unlike = {label for group in groups for label in group}
    rows = [row for row in subject.parsed.rows if unlike & set(row.labels)]
    renamed = set(together)
    rows.sort(key=lambda row: not renamed & set(row.labels))
    about = {row.fname: ", ".join(row.labels) for row in rows}
    return [
        Finding("spelling", sentence, STOPS, tuple(about), (*remedies, *merges[:OFFERED_ONE_BY_ONE]), about)
    ]


def _soundly_spelled(subject: Subject) -> list[tuple[str, list[Row]]]:
    """The labels with their rows, without those that may only be another label, written otherwise."""
    doubtful = {label for group in checks.spellings(subject.parsed.rows) for label in group}
    return [(label, rows) for label, rows in subject.with_label.items() if label not in doubtful]


def _merge(group: dict[str, int]) -> Fix:
    """All spellings become the one that most pictures have."""
    usual = max(group, key=lambda label: (group[label], label))
    return Fix(f"Write all “{usual}”", LABEL_RENAMED, {label: usual for label in group if label != usual})


def _only_in_validation(subject: Subject) -> list[Finding]:
    unseen = {label: rows for label, rows in _soundly_spelled(subject) if all(row.is_valid for row in rows)}
    if not unseen:
        return []
    names = tuple(dict.fromkeys(row.fname for rows in unseen.values() for row in rows))
    verb = "is a label" if len(unseen) == 1 else "are labels"
    sentence = f"{some(quoted(unseen))} {verb} only in the validation part, so no model can learn it."
    moves = {rows[0].fname: False for rows in unseen.values()}
    remedies = (
        subject.moved(f"Move {counted_images(len(moves))} to training", moves),
        _forget(unseen),
        leave_out(names),
    )
    return [Finding("only in validation", sentence, HARMS, names, remedies, _labels_of(subject, names))]


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
        f"No validation picture has {some(quoted(unmeasured))}, so how well it is found is never measured; split"
        " again, stratified."
    )
    return [Finding("only in training", sentence, NOTE)]


def _once(subject: Subject) -> list[Finding]:
    rare = {label: rows[0].fname for label, rows in _soundly_spelled(subject) if len(rows) == 1}
    if not rare:
        return []
    names = tuple(dict.fromkeys(rare.values()))
    has = "has one picture only" if len(rare) == 1 else "have one picture only each"
    sentence = (
        f"{some(quoted(rare))} {has}: too few to learn from and to measure with. Is it a slip of the pen?"
    )
    remedies = (*_slips(subject, rare), _forget(rare), leave_out(names))
    return [Finding("one picture only", sentence, HARMS, names, remedies, _labels_of(subject, names))]


def _slips(subject: Subject, rare) -> list[Fix]:
    """For a rare label that is nearly the name of a common one: write it so."""
    common = [label for label in subject.with_label if label not in rare]
    nearest = {label: get_close_matches(label, common, 1, SLIP) for label in list(rare)[:OFFERED_ONE_BY_ONE]}
    return [
        Fix(f"Write “{label}” as “{close[0]}”", LABEL_RENAMED, {label: close[0]})
        for label, close in nearest.items()
        if close
    ]


def _forget(labels) -> Fix:
    says = (
        f"Remove the label “{next(iter(labels))}”"
        if len(labels) == 1
        else f"Remove these {len(labels)} labels"
    )
    return Fix(says, LABEL_RENAMED, dict.fromkeys(labels, ""))


def _balance(subject: Subject) -> list[Finding]:
    counts = {label: len(rows) for label, rows in _soundly_spelled(subject) if len(rows) > 1}
    if len(counts) < 2:
        return []
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    ratio = counts[most] / counts[least]
    if ratio == 1:
        return [Finding("balance", f"Every label has {counted_images(counts[most])}: just balanced.", NOTE)]
    if ratio < NEARLY_ONE:
        sentence = f"The labels are balanced: “{least}” has {counted_images(counts[least])}, “{most}” {counts[most]:,}."
        return [Finding("balance", sentence, NOTE)]
    sentence = (
        f"The commonest label, “{most}” ({counts[most]:,}), is {ratio:.1f} times as frequent as the rarest, “{least}”"
        f" ({counts[least]:,})."
    )
    if ratio <= UNBALANCED:
        return [Finding("balance", sentence, NOTE)]
    return [Finding("balance", f"{sentence} More pictures of the rare ones would help most.", HARMS)]


def _several(subject: Subject) -> list[Finding]:
    if not tasks.get(subject.task).has_one_label:
        return []
    rows = [row for row in subject.parsed.rows if len(row.labels) > 1]
    if not rows:
        return []
    names = tuple(row.fname for row in rows)
    sentence = f"{counted_images(len(rows))} with several labels; the task single-label does not use them."
    return [Finding("several labels", sentence, NOTE, names, (leave_out(names),), _labels_of(subject, names))]


def _empty(subject: Subject) -> list[Finding]:
    names = tuple(row.fname for row in subject.parsed.rows if not row.labels)
    if not names:
        return []
    meaning = (
        "the task single-label does not use them"
        if tasks.get(subject.task).has_one_label
        else "each counts as “none of the labels”, unless you label it or leave it out"
    )
    sentence = f"{counted(len(names), 'picture has', 'pictures have')} no label: {meaning}."
    return [Finding("no label", sentence, NOTE, names, (leave_out(names),))]


def _labels_of(subject: Subject, names: tuple[str, ...]) -> dict[str, str]:
    return {fname: ", ".join(subject.by_name[fname].labels) for fname in names}
