"""Binary cross-entropy and cross-entropy on the same outputs."""

import streamlit as st

from pages.parts.shared import page

OWN, REAL = "Your own logits", "A picture's real outputs"

page.begin(
    "BCE and CE",
    "Compare cross-entropy (CE) and binary cross-entropy (BCE) on the same outputs. Softmax probabilities "
    "add up to 1, so two objects can never both score above 0.5. Each sigmoid answers its own yes-or-no "
    "question.",
    terms=("logit", "softmax", "sigmoid", "cross-entropy", "binary cross-entropy", "gradient", "nat"),
)
with page.charts_loading():
    from pages.parts.losses import logits, views, worked_case
    from pages.parts.shared import streamlit_internals

views.send_styles()
origin = st.segmented_control(
    "Logits",
    [OWN, REAL],
    default=OWN,
    required=True,
    key="logits",
    label_visibility="collapsed",
    bind=logits.URL,
)


@st.fragment
def own_logits() -> None:
    bars = st.empty()
    with streamlit_internals.one_history_entry():
        present, values = logits.own_present(), logits.own_values()
        views.show(bars, values, logits.FOUR, present, "Press “Logits of 1000”.")


if origin == OWN:
    own_logits()
else:
    from pages.parts.shared import image_kind

    if image_kind.choose() == image_kind.PHOTOGRAPHS:
        from pages.parts.losses import photo_outputs

        photo_outputs.show()
    else:
        from pages.parts.losses import real_outputs

        real_outputs.show()

worked_case.show()

page.fastai_code(
    """
from fastai.vision.all import *

logits = torch.tensor([[3.0, -2.0, 2.5, -3.0]])  # bear, cat, dog, horse

# picked by itself for a MultiCategoryBlock: bear and dog are there
BCEWithLogitsLossFlat()(logits, torch.tensor([[1.0, 0.0, 1.0, 0.0]]))

# picked by itself for a CategoryBlock: one index
CrossEntropyLossFlat()(logits, torch.tensor([0]))

def mnist_loss(probs, targets):
    return torch.where(targets == 1, 1 - probs, probs).mean()

def binary_cross_entropy(logits, targets):  # the same with a log
    probs = logits.sigmoid()
    return -torch.where(targets == 1, probs, 1 - probs).log().mean()
""".strip()
)
