"""What is to be seen on a validation image, for readers who do not see it."""

from collections.abc import Sequence

from engine.inference.diagram_heads import listed


def labelled(labels: Sequence[str]) -> str:
    """The alt text of an image with these labels.

    >>> labelled(["dog", "person"]), labelled([])
    ('Validation image of dog and person', 'Validation image with none of the labels')
    """
    return (
        f"Validation image of {listed(labels)}" if len(labels) else "Validation image with none of the labels"
    )


def pointed(error_px: float | None = None) -> str:
    """The alt text of an image with a marked and a predicted point, so many pixels apart.

    >>> pointed(3.14)
    'Validation image with the marked point and a prediction 3.1 px away'
    """
    if error_px is None:
        return "Validation image with the marked point and each run's prediction"
    return f"Validation image with the marked point and a prediction {error_px:.1f} px away"
