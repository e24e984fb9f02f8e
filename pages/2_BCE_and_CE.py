"""Why softmax cannot name two animals at once, and how binary cross-entropy can."""

import streamlit as st

from pages.parts.shared import page
from pages.parts.shared.lesson import LESSONS, check, frame, guess, presenting, tasks

LESSON = LESSONS[2]
OWN, REAL = "Your own logits", "A model's outputs"

frame.begin(
    LESSON,
    terms=("logit", "softmax", "sigmoid", "cross-entropy", "binary cross-entropy", "gradient", "nat"),
)
with page.charts_loading():
    from pages.parts.losses import activation_bars, exercises, logits, views, worked_case

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
def own_logits(is_guessed: bool) -> None:
    with st.container():
        bars = st.container(key=activation_bars.PLACE).empty()
        present, values = logits.own_present(), logits.own_values()
    tasks.show(LESSON, exercises.tasks(values, present, logits.FOUR))
    views.show(bars, values, logits.FOUR, present, "Press “Logits of 1000”.", is_guessed)


if origin == OWN:
    two_present = logits.SCENARIOS[0].values
    own_logits(guess.ask(LESSON, exercises.dogs_softmax(two_present, logits.FOUR)))
else:
    from pages.parts.shared import image_kind

    if image_kind.choose() == image_kind.PHOTOGRAPHS:
        from pages.parts.losses import photo_outputs

        photo_outputs.show()
    else:
        from pages.parts.losses import real_outputs

        real_outputs.show()

worked_case.show()
frame.what_you_saw(
    [
        "Softmax probabilities add up to 1, so two of them can never both be above 0.5.",
        "Each sigmoid looks at one logit, so any number of classes can be present, or none.",
        "Cross-entropy takes one target. It pushes every other class down, even one that is in the image.",
        "Binary cross-entropy asks one yes-or-no question per class and averages the losses.",
    ]
)
check.ask(LESSON, exercises.questions(logits.current(), logits.FOUR))
frame.code(
    LESSON,
    """
from fastai.vision.all import *

logits = torch.tensor([[3.0, -2.0, 2.5, -3.0]])                          # bear, cat, dog, horse

# fastai picks this loss for a MultiCategoryBlock: bear and dog are present
BCEWithLogitsLossFlat()(logits, torch.tensor([[1.0, 0.0, 1.0, 0.0]]))

# fastai picks this loss for a CategoryBlock: one index
CrossEntropyLossFlat()(logits, torch.tensor([0]))

def binary_cross_entropy(logits, targets):                               # mnist_loss, with a log
    probs = logits.sigmoid()
    return -torch.where(targets == 1, probs, 1 - probs).log().mean()
""".strip(),
)
frame.end(LESSON)
presenting.step_through([(scenario.says, scenario.address) for scenario in logits.SCENARIOS])
