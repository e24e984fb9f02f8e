"""The same network, trained with each loss, side by side."""

import streamlit as st

from engine.jobs.worker import RACES
from pages.parts.shared import page
from pages.parts.shared.lesson import LESSONS, check, frame, guess, presenting

LABELS, POINT = "Labels", "A point"
LESSON = LESSONS[6]

RACES.begin()  # it loads torch while the page is made
frame.begin(
    LESSON,
    terms=(
        "loss",
        "head",
        "backbone",
        "metric",
        "epoch",
        "batch",
        "focal loss",
        "asymmetric loss",
        "mean average precision",
    ),
)
with page.charts_loading():
    from engine.tasks import MULTI_LABEL
    from pages.parts.race import asked, data, exercises, labels, photograph_points, points
    from pages.parts.race.label_subjects import Drawings, LabelSubject, Photographs
    from pages.parts.shared import choose_image, image_kind

intro = st.container()
with st.container(horizontal=True, gap="medium"):
    is_photographs = image_kind.choose(image_kind.DRAWINGS) == image_kind.PHOTOGRAPHS
    predicted = st.segmented_control(
        "The heads predict", [LABELS, POINT], default=LABELS, required=True, key="race", bind="query-params"
    )

about = "Each loss trains a head of its own on the same frozen backbone, from the same start and on the same batches."
if predicted == LABELS and not is_photographs:
    about += " Nearly half of the drawings show several labels, and that is where the losses differ."
intro.markdown(about)
subject: LabelSubject | None = None
is_guessed = False
if predicted == POINT:
    if is_photographs:
        photograph_points.show()
    elif (heads := data.heads()) and (over_points := data.course(heads)):
        points.show(over_points)
elif is_photographs:
    photographs = data.photographs(MULTI_LABEL)
    subject = Photographs(photographs) if photographs else None
    is_guessed = subject is not None and guess.ask(LESSON, asked.guess_about(subject))
else:
    scenes = choose_image.scenes()
    is_guessed = guess.ask(LESSON, asked.guess_about_scenes(scenes))
    course = data.course(scenes)
    subject = Drawings(course) if course else None

if predicted == LABELS and subject is not None:
    shown = labels.show(subject, is_guessed)
    if is_guessed:
        frame.what_you_saw(exercises.WHAT_YOU_SAW)
        check.ask(LESSON, asked.check_about(subject, shown))
frame.code(
    LESSON,
    """
from fastai.vision.all import *
from torchvision.ops import sigmoid_focal_loss

bce = BCEWithLogitsLossFlat()                                 # what fastai picks by itself
focal = partial(sigmoid_focal_loss, alpha=0.25, gamma=2, reduction="mean")
def cross_entropy(logits, targets):                           # the labels share one certainty
    return F.cross_entropy(logits, targets / targets.sum(1, keepdim=True).clamp(min=1))
def inverted(logits, targets): return bce(-logits, targets)   # the book's misprint: it learns to be wrong

for loss in (bce, cross_entropy, focal, inverted):
    set_seed(0, reproducible=True)                            # the same head, the same batches
    learn = vision_learner(dls, resnet18, loss_func=loss, lin_ftrs=[], ps=0, metrics=APScoreMulti())
    learn.freeze()                                            # only the head is trained
    learn.fit(12, 3e-4, wd=0.01)
""".strip(),
)
frame.end(LESSON)
presenting.step_through(exercises.STATES)
