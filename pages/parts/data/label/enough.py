"""Label: how many labelled images are a good start for a first model: rules of thumb, not limits."""

from engine import tasks
from engine.data.annotation import Sheet
from engine.data.formats.phrases import counted

PER_LABEL = 15
WITH_POINT = 30
LEAST = 10
"""With fewer images in all, a model learns next to nothing."""


def hint(sheet: Sheet) -> str:
    """What is missing for a first model, in one or two sentences; "" before there are labels to choose from."""
    task = tasks.get(sheet.task)
    if not (task.has_points or sheet.vocab) or not sheet.fnames:
        return ""
    if len(sheet.fnames) < (WITH_POINT if task.has_points else _wanted(sheet)):
        return _with_few(sheet)
    if task.has_points:
        missing = WITH_POINT - (len(sheet.fnames) - len(sheet.without))
        return f"Set {counted(missing, 'more point')} for a good start." if missing > 0 else _READY
    label, fewest = min(_counts(sheet).items(), key=lambda item: item[1])
    if fewest >= PER_LABEL:
        return _READY
    return f"{PER_LABEL} images per label are a good start. Fewest so far: {label}, {fewest}."


def _wanted(sheet: Sheet) -> int:
    """How many images a good start needs: where an image has one label, so many for each."""
    return PER_LABEL * (len(sheet.vocab) if tasks.get(sheet.task).has_one_label else 1)


def _counts(sheet: Sheet) -> dict[str, int]:
    counts = dict.fromkeys(sheet.vocab, 0)
    for fname in sheet.fnames:
        for label in sheet.labels(fname):
            counts[label] = counts.get(label, 0) + 1
    return counts


def _with_few(sheet: Sheet) -> str:
    """The advice where the dataset has fewer images than a good start needs."""
    count = counted(len(sheet.fnames), "image")
    wanted = f"{WITH_POINT} images" if tasks.get(sheet.task).has_points else f"{PER_LABEL} images per label"
    if len(sheet.fnames) < LEAST:
        return f"{count} {'is' if len(sheet.fnames) == 1 else 'are'} too few. Add more: {wanted} are a good start."
    if sheet.without:
        return f"{count} can train a first model if you label all of them."
    return f"You can train a first model with {count}. For a better one, add more: {wanted} are a good start."


_READY = "This is a good start for a first model. More labels make it better."
