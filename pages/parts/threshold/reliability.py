"""Page 3, the reliability diagram: whether a probability of 0.8 is right in 80% of the cases."""

import numpy as np
import streamlit as st

from engine.functional.calibration import expected_calibration_error, reliability_curve
from engine.plots.reliability import one_curve, reliability
from engine.runs import Predictions, Run, calibration
from pages.parts.shared import charts

TITLE = "Can these probabilities be trusted?"
LOW = 0.1
FEW_IMAGES = 100
"""With fewer images, a bin holds so few predictions that chance alone bends the curve."""


def show_held_out(predictions: Predictions) -> None:
    """The diagram of predictions that were each made, and calibrated, without their image."""
    st.markdown(f"**{TITLE}**")
    with st.container():
        st.markdown(
            f"Each of these {len(predictions.targets)} photographs was predicted by a head that was fitted and "
            f"calibrated without it.{_too_few(len(predictions.targets))}"
        )
        curve = reliability_curve(predictions.probs, predictions.targets)
        error = expected_calibration_error(predictions.probs, predictions.targets)
        charts.show(one_curve(curve, error), key="reliability")
        st.markdown(error_above(predictions.probs, predictions.targets))


def show(run: Run, predictions: Predictions) -> None:
    """The diagram; one sentence where the run is not calibrated."""
    st.markdown(f"**{TITLE}**")
    with st.container():
        fitted = run.calibration
        if fitted is None:
            st.markdown("This run is not calibrated, so its probabilities may be too high or too low.")
            return
        st.markdown(
            f"A temperature of {fitted.temperature:.2f}, fitted on {fitted.fitted_on} images, divides the logits; the "
            f"curves show the {fitted.reported_on} others.{_too_few(fitted.reported_on)}"
        )
        before, after = calibration.curves(predictions, fitted)
        charts.show(reliability(before, after, fitted.error, fitted.calibration_error), key="reliability")
        is_reported = ~calibration.fitting_half(predictions.targets)
        calibrated = predictions.with_temperatures(fitted.temperatures(predictions.vocab)).probs
        st.markdown(error_above(calibrated[is_reported], predictions.targets[is_reported]))


def error_above(probs: np.ndarray, targets: np.ndarray, low: float = LOW) -> str:
    """How far off the probabilities (N, C) above `low` are: the others are easy, and most predictions are others."""
    is_above = probs > low
    count = int(is_above.sum())
    says = (
        f"**{1 - is_above.mean():.0%}** of the {probs.size:,} predictions are at most {low:.0%}, where there is "
        "little to get wrong."
    )
    if not count:
        return f"{says} No prediction is above that."
    error = expected_calibration_error(probs[is_above][:, None], targets[is_above][:, None])
    return f"{says} Among the {count:,} above, the error is **{error:.3f}**."


def _too_few(images: int) -> str:
    if images >= FEW_IMAGES:
        return ""
    return f" **{images} images are too few to tell:** read the curves as a rough sketch."
