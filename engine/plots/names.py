"""What people read for a metric or a setting: in titles, on axes and in tables."""

_METRICS = {
    "train_loss": "training loss",
    "valid_loss": "validation loss",
    "median_error_px": "median error (px)",
    "median_error_percent_of_width": "median error (% of the width)",
    "mean_average_precision": "mean average precision",
    "do_nothing_accuracy": "predicting nothing",
    "majority_accuracy": "the majority for each class",
    "most_frequent_accuracy": "the most frequent class",
    "mean_point_median_error_px": "the mean point (px)",
}
_SETTINGS = {
    "lr": "learning rate", "weight_decay": "weight decay", "freeze_epochs": "frozen epochs", "weights": "backbone",
    "arch": "architecture", "size": "image size (px)", "augment": "augmentation", "batch_size": "batch size",
    "hidden": "hidden width", "resize": "resize method", "split_seed": "seed of the split",
}  # fmt: skip
_NAMES = _METRICS | _SETTINGS


def named(column: str) -> str:
    """The title of a metric or a setting, by its name in the code.

    >>> named("lr"), named("valid_loss"), named("accuracy_multi")
    ('learning rate', 'validation loss', 'accuracy_multi')
    """
    return _NAMES.get(column, column)


def is_lower_better(column: str) -> bool:
    """Whether a column is a loss or an error: lower is better."""
    return "loss" in column or "error" in column
