"""Page 3, the reliability diagram: whether a probability of 0.8 is right in 80% of the cases."""

import streamlit as st

from engine.plots.reliability import reliability
from engine.runs import Predictions, Run, calibration
from pages.parts import charts


def show(run: Run, predictions: Predictions) -> None:
    """The diagram in a collapsed section; one sentence where the run is not calibrated."""
    with st.expander("Can these probabilities be trusted?"):
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
