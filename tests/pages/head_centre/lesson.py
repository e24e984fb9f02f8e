"""Lesson 5 in tests: the page, its parts, and what it shows."""

from engine import paths
from engine.functional.coordinates import pixel_distance

PAGE = str(paths.ROOT / "pages" / "5_Head_centre.py")
ERRORS, STEER, PHOTO, UNITS, RANGE, AUGMENTATION = (
    "Errors",
    "Steer the head",
    "Your photograph",
    "Pixels and units",
    "y_range",
    "Augmentation",
)


def at(page, part, **parameters):
    """The page with one of its parts open, and settings in its address."""
    page.query_params |= {"part": part, **parameters}
    return page.run()


def errors(run):
    found = run.predictions
    return pixel_distance(found.points_px, found.targets_px)


def metric(app, label):
    return next(metric for metric in app.metric if metric.label == label)


def captions(app):
    return [caption for image in app.image for caption in image.captions]


def all_text(app):
    return "\n".join(element.value for element in [*app.markdown, *app.info, *app.warning])
