"""The predictions of the three models for photographs, as cards."""

import streamlit as st
from PIL import Image

from engine.images.drawing import draw_point, to_jpeg
from engine.plots.style import PREDICTION
from pages.parts.shared.text import plain


def image(opened: Image.Image, point_px) -> bytes:
    """The image as JPEG, with the predicted point where there is one."""
    return to_jpeg(opened if point_px is None else draw_point(opened, tuple(point_px), PREDICTION))


def everything(labels, probs: dict[str, float]) -> None:
    """Multi-label: every label above its threshold, or none."""
    with st.container(border=True):
        st.markdown("**What is in it?** Trained with binary cross-entropy.")
        st.subheader(_listed([plain(label) for label in labels]) or "none of its labels", anchor=False)
        st.caption(
            f"{_ranked(probs)}. Each label has its own sigmoid and threshold, so the model can name several or none."
        )


def one_thing(labels, probs: dict[str, float], is_familiar: bool) -> None:
    """Single-label: the most probable of ImageNet's 1,000 classes."""
    with st.container(border=True):
        st.markdown("**Which one thing is it?** Trained with cross-entropy.")
        st.subheader(plain(labels[0]), anchor=False)
        guess = "" if is_familiar else " No class is probable, so this is a guess."
        st.caption(f"{_ranked(probs)}. Softmax over 1,000 classes always names exactly one.{guess}")


def point(point_px, face_prob: float) -> None:
    """Points: the point between the eyes, or no face."""
    with st.container(border=True):
        st.markdown(
            "**Where is the face?** Trained with mean squared error and a yes/no question: is there a face?"
        )
        if point_px is None:
            st.subheader("no face found", anchor=False)
        else:
            st.subheader(f"between the eyes at x {point_px[0]:.0f} px, y {point_px[1]:.0f} px", anchor=False)
        st.caption(f"Probability of a face: {face_prob:.2f}. It was fitted to portraits.")


def _ranked(probs: dict[str, float]) -> str:
    top = sorted(probs.items(), key=lambda pair: -pair[1])[:3]
    return ", ".join(f"{plain(label)} {prob:.2f}" for label, prob in top)


def _listed(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}" if labels else ""
