"""A ranking as rows for a terminal and as a CSV file."""

from __future__ import annotations

from pathlib import Path

from engine import tasks
from engine.data.csv_writer import csv_text
from engine.experiments.label_review import storage
from engine.experiments.label_review.job import Review
from engine.experiments.label_review.ranking import Ranking
from engine.jobs.atomic_write import write_text


def suspects(review: Review, first: int) -> list[dict[str, object]]:
    """The first so many images that look wrong: name, what is given, what is predicted, and why."""
    ranking, _ = storage.ranking(review.folder)
    return rows(ranking, ranking.table[ranking.table["looks_wrong"]].head(first))


def save_csv(review: Review, path: Path) -> None:
    """Write the whole ranking as CSV."""
    ranking, _ = storage.ranking(review.folder)
    write_text(path, csv_text(rows(ranking, ranking.table)))


def rows(ranking: Ranking, table) -> list[dict[str, object]]:
    """One row an image, as people read it."""
    return [_row(ranking.task, row) for row in table.itertuples()]


def _row(task: str, row) -> dict[str, object]:
    if tasks.get(task).has_points:
        known = {"x": row.x, "y": row.y, "seen_x": round(row.seen_x, 1), "seen_y": round(row.seen_y, 1)}
    else:
        known = {"given": ", ".join(row.given), "seen": ", ".join(row.seen)}
    return {"fname": row.fname, **known, "looks_wrong": bool(row.looks_wrong), "why": row.why}
