"""What a finished run reached: the verdict first, then each metric next to its baseline, then each class."""

import pandas as pd
import streamlit as st

from engine import runs as engine_runs
from engine.plots import cross_validation
from engine.runs import Run, RunError
from engine.runs.class_report import class_report, metric_report, rare_sentence
from engine.runs.tried_penalties import tried_penalties
from engine.tasks import POINTS
from pages.parts import charts
from pages.parts.text import plain


def show(run: Run) -> None:
    """The verdict, the metrics and the classes of a run that can be used; nothing for any other."""
    if run.state not in engine_runs.USABLE or not (run.folder / "metrics.json").exists():
        return
    reached = run.metrics
    _verdict(reached)
    try:
        _metrics(metric_report(run))
        if run.task != POINTS:
            _classes(class_report(run))
    except (RunError, KeyError, ValueError) as error:
        st.warning(plain(error))
    with st.expander("All figures"):
        st.dataframe(_written(reached), hide_index=True, width="stretch")


def penalties(run: Run) -> bool:
    """The penalties that a Quick run tried; False where there are none to show."""
    tried = tried_penalties(run)
    if tried.empty:
        return False
    loss = "squared error" if run.task == POINTS else "loss"
    charts.show(cross_validation.penalties(tried, loss), key=f"penalties-{run.folder}")
    return True


def _verdict(reached: dict) -> None:
    if not (sentence := reached.get("verdict")):
        return
    if (reached.get("improvement_low") or 0) > 0:
        st.success(plain(sentence), icon=":material/check_circle:")
    else:
        st.warning(plain(sentence), icon=":material/warning:")


def _metrics(table: pd.DataFrame) -> None:
    shown = pd.DataFrame(
        {
            "metric": table["metric"],
            "this run": [
                _number(value, unit) for value, unit in zip(table["value"], table["unit"], strict=True)
            ],
            "baseline": [
                _number(value, unit) for value, unit in zip(table["baseline"], table["unit"], strict=True)
            ],
            "baseline is": table["baseline_is"],
        }
    )
    st.dataframe(shown, hide_index=True, width="stretch")


def _classes(table: pd.DataFrame) -> None:
    with st.expander(f"Every class ({len(table)})"):
        if sentence := rare_sentence(table):
            st.caption(plain(sentence))
        st.dataframe(table.drop(columns="is_rare").round(3), hide_index=True, width="stretch")


def _number(value: float, unit: str) -> str:
    return f"{value:.1f} px" if unit == "px" else f"{value:.3f}"


def _written(reached: dict) -> pd.DataFrame:
    """Every figure and sentence of metrics.json as text."""
    rows = {
        name: f"{value:.6g}" if isinstance(value, float | int) else "–" if value is None else str(value)
        for name, value in reached.items()
    }
    return pd.DataFrame({"name": list(rows), "value": list(rows.values())})
