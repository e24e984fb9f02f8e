"""What models are called on the page: by what they do, never by the name of a folder alone."""

from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from pages.parts.shared import runs

PHOTOGRAPHS = {
    MULTI_LABEL: "Names everything",
    SINGLE_LABEL: "Names one thing",
    POINTS: "Finds a face",
}
_RUNS = PHOTOGRAPHS | {POINTS: "Finds a point"}


def of_run(run: Run) -> str:
    """What a run does, and which run it is: a bundled one knows drawings, the others have names of their own."""
    return f"{_RUNS[run.task]} ({'drawings' if runs.is_bundled(run) else run.name})"
