"""The three heads for each example photograph, against targets marked by hand."""

from engine.data import example_photographs
from engine.images import image_size
from engine.inference import diagram_heads
from engine.inference.diagram_heads import Head
from engine.inference.photo_showcase import ShowcasePhotograph

CLASSES = {
    "photographer.jpg": "tripod",
    "camera.jpg": "tripod",
    "chelsea.jpg": "tabby",
    "coffee.jpg": "espresso",
}
"""File -> the one of ImageNet's 1,000 classes that is right; files that are left out show nothing that has a class."""

NO_CLASS = {
    "astronaut.jpg": "ImageNet has no class for a person",
    "rocket.jpg": "ImageNet has no class for a space rocket",
}


def heads(shown: ShowcasePhotograph) -> tuple[Head, Head, Head]:
    """The single-label, the multi-label and the point head, in this order."""
    single, several, points = shown.single_label, shown.multi_label, shown.points
    size_wh = image_size(shown.path)
    return (
        diagram_heads.single_label(
            single["probs"], CLASSES.get(shown.fname), NO_CLASS.get(shown.fname, "no class is right")
        ),
        diagram_heads.multi_label(
            several["probs"], several["labels"], example_photographs.LABELS.get(shown.fname, ())
        ),
        diagram_heads.point(
            points["point_px"],
            example_photographs.POINTS_PX.get(shown.fname),
            size_wh,
            points["probs"].get("face"),
        ),
    )


def is_all_right(shown: ShowcasePhotograph) -> bool:
    """Whether all three predictions are right."""
    return all(head.is_right for head in heads(shown))
