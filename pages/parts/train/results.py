"""What a finished run reached: its verdict, each metric next to its baseline, then each class."""

import pandas as pd
import streamlit as st

from engine import runs as engine_runs
from engine import tasks
from engine.plots import cross_validation
from engine.runs import Run, RunError, files
from engine.runs.class_report import class_report, metric_report, rare_sentence
from engine.runs.quick_penalties import tried_penalties
from pages.parts.shared import charts, tables
from pages.parts.shared.text import plain

_HALF = (
    "valid_loss is over all validation images. Temperatures are fitted on half of them: the calibrated and "
    "uncalibrated figures are of the other half."
)
_LEFT_OUT = (
    "The cross-validated {} is the mean over training images, each left out of a fit. "
    "valid_loss, under **All metrics**, is the mean over validation images."
)


def show(run: Run) -> None:
    """The metrics and the classes of a run that can be used; nothing for any other."""
    if not _has_metrics(run):
        return
    reached = run.metrics
    try:
        _metrics(metric_report(run))
        if tasks.get(run.task).has_labels:
            _classes(class_report(run))
    except (RunError, KeyError, ValueError) as error:
        st.warning(plain(error))
    with st.expander("All metrics"):
        tables.show_rows(["value"], _written(reached))
        if "calibrated_loss" in reached:
            st.caption(_HALF)


def penalties(run: Run) -> bool:
    """The penalties that a Quick run tried; False where there are none to show."""
    tried = tried_penalties(run)
    if tried.empty:
        return False
    loss = "squared error" if tasks.get(run.task).has_points else "loss"
    charts.show(cross_validation.penalties(tried, loss), key=f"penalties-{run.folder}")
    st.caption(_LEFT_OUT.format(loss))
    return True


def verdict(run: Run) -> None:
    """Whether a run beats the best constant prediction, in a sentence; nothing before it has ended."""
    reached = run.metrics if _has_metrics(run) else {}
    if not (sentence := reached.get("verdict")):
        return
    if reached.get("images_needed"):
        st.info(plain(sentence), icon=":material/help:")
    elif (reached.get("improvement_low") or 0) > 0:
        st.success(plain(sentence), icon=":material/check_circle:")
    else:
        st.warning(plain(sentence), icon=":material/warning:")


def _has_metrics(run: Run) -> bool:
    return run.state in engine_runs.USABLE and (run.folder / files.METRICS).exists()


def _metrics(table: pd.DataFrame) -> None:
    rows: dict[str, list[str]] = {}
    for row in table.to_dict("records"):
        name = (
            row["metric"] if row["metric"] not in rows else f"{row['metric']}, against {row['baseline_is']}"
        )
        numbers = [_number(row[column], row["unit"]) for column in ("value", "baseline")]
        rows[name] = numbers
    tables.show_rows(["this run", "baseline"], rows)
    st.caption(plain(f"Baseline: {'; '.join(dict.fromkeys(filter(None, table['baseline_is'])))}."))


def _classes(table: pd.DataFrame) -> None:
    if sentence := rare_sentence(table):
        st.caption(plain(sentence))
    with st.expander(f"Every class ({len(table)})"):
        shown = table.drop(columns=["is_rare"]).set_index("class")
        tables.show(shown.rename(columns=lambda name: name.replace("_", " ")))


def _number(value: float, unit: str) -> str:
    if unit == "px":
        return f"{value:.2f} px"  # the verdict rounds the difference of two of them to a tenth
    return f"{value:.1f}{unit}" if unit else f"{value:.3f}"


def _written(reached: dict) -> dict[str, list[str]]:
    """What metrics.json says, as text; its verdict is above the table already, and as wide as a page."""
    return {
        name: [f"{value:.6g}" if isinstance(value, float | int) else "–" if value is None else str(value)]
        for name, value in reached.items()
        if name != "verdict"
    }
