"""Page 3, the reliability diagram: whether a probability of 0.8 is right in 80% of the cases."""

import streamlit as st

from engine.functional.calibration import expected_calibration_error, reliability_curve
from engine.plots.reliability import one_curve, reliability
from engine.runs import Predictions, Run, calibration
from pages.parts.shared import charts

TITLE = "Can these probabilities be trusted?"


def show_held_out(predictions: Predictions) -> None:
    """The diagram of predictions that were each made, and calibrated, without their image."""
    with st.expander(TITLE):
        st.markdown(
            "Each photograph was predicted by a head that was fitted and calibrated without it, so this is what to "
            "expect on other photographs of the same kind."
        )
        curve = reliability_curve(predictions.probs, predictions.targets)
        error = expected_calibration_error(predictions.probs, predictions.targets)
        charts.show(one_curve(curve, error), key="reliability")


def show(run: Run, predictions: Predictions) -> None:
    """The diagram in a collapsed section; one sentence where the run is not calibrated."""
    with st.expander(TITLE):
        found = run.calibration
        if found is None:
            st.markdown(
                "This run has not been calibrated, so its probabilities may be too sure or too unsure."
            )
            return
        st.markdown(
            f"A temperature of {found.temperature:.2f}, fitted on {found.fitted_on} images, divides the logits; the "
            f"curves show the {found.reported_on} others."
        )
        before, after = calibration.curves(predictions, found)
        charts.show(reliability(before, after, found.error, found.calibration_error), key="reliability")
