"""The logits under the sliders of lesson 2: four classes of one's own, or a model's outputs for an image."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st

from pages.parts.shared import address

URL: Final = "query-params"
FOUR = ("bear", "cat", "dog", "horse")
REACH = 10.0
IN_A_ROW = 4
SCALES = (1, 10, 100)
IN_IMAGE = "in_image"
"""The address parameter of the present classes; `present` is that of the presentation mode."""


@dataclass(frozen=True)
class Scenario:
    """One press sets the four logits, what is present, and the factor on all logits."""

    says: str
    logits: tuple[float, ...]
    present: tuple[str, ...]
    scale: int = 1

    @property
    def values(self) -> np.ndarray:
        """The four logits (4,), times the factor."""
        return np.array(self.logits) * self.scale

    @property
    def address(self) -> dict[str, str]:
        """What the page's address holds in this scenario: what differs from the first, with which the page begins."""
        usual = SCENARIOS[0]
        held = {} if self.present == usual.present else {IN_IMAGE: ",".join(self.present) or address.NONE}
        for label, value, begins in zip(FOUR, self.logits, usual.logits, strict=True):
            if value != begins:
                held[f"z_{label}"] = f"{value:g}"
        return held if self.scale == usual.scale else held | {"scale": f"×{self.scale}"}


SCENARIOS = (
    Scenario("Two present", (3.0, -2.0, 2.5, -3.0), ("bear", "dog")),
    Scenario("Nothing present", (-3.0, -2.5, -3.5, -3.0), ()),
    Scenario("One present", (3.0, -2.0, -1.0, -3.0), ("bear",)),
    Scenario("Logits of 1000", (10.0, 0.0, -10.0, -5.0), ("bear", "dog"), scale=100),
)


def own_present() -> list[str]:
    """The present classes of the four, below one-press scenarios."""
    with st.container(horizontal=True, gap="small"):
        for scenario in SCENARIOS:
            st.button(scenario.says, on_click=_set, args=(scenario,))
    return ticked(FOUR, SCENARIOS[0].present, IN_IMAGE)


def own_values() -> np.ndarray:
    """The four logits (4,)."""
    logits = sliders(FOUR, SCENARIOS[0].logits, "z_", step=0.1)
    scale = st.segmented_control(
        "Multiply all logits by",
        SCALES,
        default=1,
        required=True,
        key="scale",
        format_func="×{}".format,
        bind=URL,
    )
    return logits * scale


def current() -> np.ndarray:
    """The four logits (4,) as the sliders stand, or as they begin; draws nothing."""
    first = SCENARIOS[0].logits
    values = [st.session_state.get(f"z_{label}", value) for label, value in zip(FOUR, first, strict=True)]
    return np.array(values, dtype=float) * st.session_state.get("scale", 1)


def ticked(vocab: Sequence[str], default: Sequence[str], key: str) -> list[str]:
    """The classes that are present, in the order of the vocabulary."""
    return address.pills("In the image", vocab, default, key)


def sliders(
    vocab: Sequence[str], defaults: Sequence[float] | np.ndarray, prefix: str, step: float
) -> np.ndarray:
    """A slider for each logit; the values (C,). A logit that is not moved keeps all its digits."""
    reach = max(REACH, float(np.ceil(np.abs(defaults).max())))
    values = []
    for start in range(0, len(vocab), IN_A_ROW):
        row = zip(
            st.columns(IN_A_ROW),
            vocab[start : start + IN_A_ROW],
            defaults[start : start + IN_A_ROW],
            strict=False,
        )
        values += [
            column.slider(
                f"Logit of {label}", -reach, reach, float(default), step, key=f"{prefix}{label}", bind=URL
            )
            for column, label, default in row
        ]
    return np.array(values)


def _set(scenario: Scenario) -> None:
    st.session_state[IN_IMAGE] = list(scenario.present)
    st.session_state["scale"] = scenario.scale
    for label, value in zip(FOUR, scenario.logits, strict=True):
        st.session_state[f"z_{label}"] = value
