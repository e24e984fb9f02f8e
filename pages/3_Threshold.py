"""accuracy_multi and F1 as the threshold moves, next to the score for predicting nothing."""

from typing import Final

import streamlit as st

from pages.parts.shared import page
from pages.parts.shared.lesson import LESSONS, check, frame, guess, presenting

LESSON = LESSONS[3]
URL: Final = "query-params"

frame.begin(
    LESSON,
    terms=(
        "threshold",
        "accuracy_multi",
        "predicting nothing",
        "skill",
        "precision",
        "recall",
        "F1",
        "calibration",
    ),
)
with page.charts_loading():
    from pages.parts.shared import label_chips
    from pages.parts.threshold import (
        exercises,
        explore,
        gallery,
        legend,
        prediction_source,
        scored_predictions,
    )

st.html(label_chips.STYLE + legend.STYLE)
subject = prediction_source.choose()
is_guessed = guess.ask(LESSON, exercises.first_guess(subject.predictions.targets))
explore.show(subject, is_guessed)
gallery.send(subject.images)
if is_guessed:
    frame.what_you_saw(exercises.WHAT_YOU_SAW)
    grid = scored_predictions.grid(*subject.source)
    check.ask(LESSON, exercises.questions(grid, subject.in_use_for_all, subject.scored.do_nothing))
frame.code(
    LESSON,
    """
from fastai.vision.all import *

learn = vision_learner(dls, resnet18, metrics=partial(accuracy_multi, thresh=0.2))
learn.fine_tune(3, base_lr=3e-3, freeze_epochs=4)

probs, targets = learn.get_preds()                      # probabilities: the sigmoid is applied
thresholds = torch.linspace(0.05, 0.95, 29)
curve = [accuracy_multi(probs, targets, thresh=t, sigmoid=False) for t in thresholds]
nothing = 1 - targets.float().mean()                    # what all zeros would score
""".strip(),
)
frame.end(LESSON)
presenting.step_through(exercises.STATES)
