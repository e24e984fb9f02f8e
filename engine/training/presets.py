"""Configurations to begin with: a quick one for each task, and the book's two recipes."""

from dataclasses import dataclass, replace

from engine.config import TrainConfig
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

SCENES, HEADS = "sample_data/scenes", "sample_data/heads"
DATA = {
    SINGLE_LABEL: (SCENES,),
    MULTI_LABEL: (SCENES, "pascal_2007"),
    POINTS: (HEADS, "biwi_head_pose"),
}
"""What each task can be trained on without importing anything: the samples, and the chapter's downloads."""

_SINGLE_LABEL_SCENES = TrainConfig(
    SINGLE_LABEL, SCENES, epochs=0, freeze_epochs=4, lr=5e-3, batch_size=32, hidden=0, dropout=0.1
)


@dataclass(frozen=True)
class Preset:
    """A named configuration, and one sentence on what it is for."""

    title: str
    says: str
    config: TrainConfig


QUICK = {
    SINGLE_LABEL: _SINGLE_LABEL_SCENES,
    MULTI_LABEL: replace(_SINGLE_LABEL_SCENES, task=MULTI_LABEL, loss=""),
    POINTS: TrainConfig(POINTS, HEADS, epochs=0, freeze_epochs=40, batch_size=32, dropout=0.2, augment=False),
}
"""For each task, a head on the bundled body, trained on the samples in about 20 s on two cores."""

TEXT = (
    Preset(
        "The book: resnet50, several labels",
        "The chapter's recipe for PASCAL_2007. The ImageNet weights are downloaded once.",
        TrainConfig(
            MULTI_LABEL, "pascal_2007", arch="resnet50", weights="imagenet", freeze_epochs=4, threshold=0.2
        ),
    ),
    Preset(
        "The book: resnet18, points",
        "The chapter's fine_tune(3, 1e-2) for BIWI, here on the drawn heads and from the bundled weights.",
        TrainConfig(POINTS, HEADS, lr=1e-2),
    ),
)
