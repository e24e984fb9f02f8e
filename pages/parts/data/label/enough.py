"""Label: how many labelled images are a good start for a first model: rules of thumb, not limits."""

from engine import tasks
from engine.data.annotation import Sheet
from engine.data.formats.phrases import counted

PER_LABEL = 15
POINTS = 30


def hint(sheet: Sheet) -> str:
    """What is missing for a first model, in one sentence; "" before there are labels."""
    if tasks.get(sheet.task).has_points:
        missing = POINTS - (len(sheet.fnames) - len(sheet.without))
        return f"Set {counted(missing, 'more point')} for a good start." if missing > 0 else _READY
    if not sheet.vocab:
        return ""
    counts = dict.fromkeys(sheet.vocab, 0)
    for fname in sheet.fnames:
        for label in sheet.labels(fname):
            counts[label] = counts.get(label, 0) + 1
    label, fewest = min(counts.items(), key=lambda item: item[1])
    if fewest >= PER_LABEL:
        return _READY
    return f"{PER_LABEL} images per label are a good start. Fewest so far: {label}, {fewest}."


_READY = "This is a good start for a first model. More labels make it better."
