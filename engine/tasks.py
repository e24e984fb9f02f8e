"""The three problems that the same network solves."""

SINGLE_LABEL, MULTI_LABEL, POINTS = "single-label", "multi-label", "points"
TASKS = (SINGLE_LABEL, MULTI_LABEL, POINTS)

LOSSES = {
    SINGLE_LABEL: ("cross_entropy",),
    MULTI_LABEL: (
        "binary_cross_entropy",
        "cross_entropy",
        "binary_cross_entropy_as_printed",
        "focal",
        "asymmetric",
        "mean_squared_error",
    ),
    POINTS: ("mean_squared_error", "mean_absolute_error", "huber"),
}
"""The losses that each task can be trained with, by name; the first is the one that fastai picks."""

SQUISH, CROP = "squish", "crop"
METHODS = (SQUISH, CROP)
"""How an image becomes the square that a network sees, as in fastai's `ResizeMethod`: squish keeps everything but the
proportions, crop keeps the proportions and loses the ends of the longer side."""
