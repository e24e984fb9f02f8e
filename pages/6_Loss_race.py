"""The same network, trained with each loss, side by side."""

import streamlit as st

from engine.jobs.worker import RACES
from pages.parts.shared import page

RACES.begin()  # it loads torch while the page is made
page.begin(
    "Loss race",
    "Train one head per loss on the same frozen backbone, from the same start and on the same batches. Each loss "
    "falls on its own scale, so only a shared metric shows which head learned, and the inverted loss "
    "learns to be wrong.",
    terms=(
        "loss",
        "head",
        "backbone",
        "batch",
        "metric",
        "focal loss",
        "asymmetric loss",
        "mean average precision",
    ),
)
with page.charts_loading():
    from engine.tasks import MULTI_LABEL
    from pages.parts.race import data, labels, points
    from pages.parts.race import photographs as race_photographs
    from pages.parts.shared import choose_image, image_kind

is_photographs = image_kind.choose() == image_kind.PHOTOGRAPHS
if is_photographs:
    if photographs := data.photographs(MULTI_LABEL):
        race_photographs.labels(photographs)
elif over_labels := data.course(choose_image.scenes()):
    labels.show(over_labels)

point = "the point between the eyes" if is_photographs else "the centre of a head"
st.header("The same race for points")
st.markdown(
    f"Now each head predicts two numbers, {point}. Three losses, each with and without "
    "`y_range`; what counts is the error of the predictions in pixels."
)
if is_photographs:
    race_photographs.points()
elif (heads := data.heads()) and (over_points := data.course(heads)):
    points.show(over_points)

page.fastai_code(
    """
from fastai.vision.all import *
from torchvision.ops import sigmoid_focal_loss

dls = multi_label_block.dataloaders(SOURCE)                   # MultiCategoryBlock
bce = BCEWithLogitsLossFlat()                                 # what fastai picks by itself
focal = partial(sigmoid_focal_loss, alpha=0.25, gamma=2, reduction="mean")

def cross_entropy(logits, targets):                           # the labels share the one certainty
    shares = targets / targets.sum(1, keepdim=True).clamp(min=1)
    return F.cross_entropy(logits, shares)

def inverted(logits, targets): return bce(-logits, targets)   # printed with a wrong sign: it learns to be wrong

def asymmetric(logits, targets):                              # ASL: unlikely classes that are absent cost nothing
    p = logits.sigmoid()
    q = (p - 0.05).clamp(min=0)
    return -(targets * F.logsigmoid(logits) + (1 - targets) * q**4 * torch.log1p(-q)).mean()

def squared_error(logits, targets): return F.mse_loss(logits.sigmoid(), targets.float())

for loss in (cross_entropy, bce, inverted, focal, asymmetric, squared_error):
    set_seed(0, reproducible=True)                            # the same head, the same batches
    learn = vision_learner(dls, resnet18, loss_func=loss, lin_ftrs=[], ps=0, metrics=APScoreMulti())
    learn.freeze()                                            # only the head is trained
    learn.fit(12, 3e-4, wd=0.01)

# points: the loss, and y_range, are all that differs
for loss in (MSELossFlat(), L1LossFlat(), HuberLoss(delta=0.1)):
    for y_range in (None, (-1, 1)):
        learn = vision_learner(point_dls, resnet18, loss_func=loss, y_range=y_range)
        learn.fit(12, 3e-4)
""".strip().replace("SOURCE", "untar_data(URLs.PASCAL_2007)" if is_photographs else '"sample_data/scenes"'),
    "The same in fastai, on the book's photographs" if is_photographs else "The same in fastai",
)
