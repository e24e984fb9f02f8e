"""The report of a run: one HTML file that opens without a network, runs no script and loads nothing else."""

from engine.export.bundle.report import markup, sections
from engine.runs import Run


def html(run: Run) -> str:
    """The whole report as text; every name and label in it is escaped, every image is inside."""
    return markup.page(f"{run.name} · Loss Lab", sections.all_of(run))


__all__ = ["html"]
