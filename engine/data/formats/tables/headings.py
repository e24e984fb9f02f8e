"""What the columns of tables are usually called. The cells decide; a heading only breaks a tie."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.functional.label_text import composed

IMAGE = (
    *(
        "fname",
        "filename",
        "file_name",
        "file",
        "image",
        "picture",
        "path",
        "name",
        "image_name",
        "picture_name",
    ),
    *(
        "image_path",
        "img_path",
        "file_path",
        "filepath",
        "img",
        "photo",
        "image_id",
        "imageid",
        "image_index",
    ),
    *(
        "imagename",
        "img_name",
        "image_file",
        "image_filename",
        "images",
        "url",
        "image_url",
        "src",
        "id_code",
    ),
    *("datei", "dateiname", "bild", "fichier", "archivo", "imagen", "id"),
)
SEVERAL_LABELS = (
    "labels",
    "tags",
    "classes",
    "categories",
    "finding_labels",
    "targets",
    "keywords",
    "annotations",
)
ONE_LABEL = (
    *(
        "label",
        "class",
        "category",
        "label_name",
        "labelname",
        "classname",
        "class_name",
        "category_name",
        "tag",
    ),
    *("target", "breed", "species", "diagnosis", "annotation", "klasse", "kategorie"),
    *("class_id", "classid", "label_id", "category_id", "display_name", "displayname"),
)
X = ("x", "x_px", "cx", "x_center", "center_x", "point_x", "x_percent", "x_fraction")
Y = ("y", "y_px", "cy", "y_center", "center_y", "point_y", "y_percent", "y_fraction")
GROUP = ("group", "person", "series", "video", "subject", "patient", "patient_id", "subject_id", "person_id")
NO_POINTS = {"bbox", "box", "roi", "min", "max", "center", "point"}
"""What stands with x and y in headings of a box's sides or of the only point."""
SPLIT = ("is_valid", "is_val", "is_validation", "valid", "validation", "is_train", "is_training", "is_test", "split",
         "set", "data_set", "dataset", "subset", "partition", "phase", "usage")  # fmt: skip
KNOWN = {*IMAGE, *SEVERAL_LABELS, *ONE_LABEL, *X, *Y, *GROUP, *SPLIT}
"""Every heading that says what its column is for."""
SURE_SPLIT = ("is_valid", "is_val", "is_validation", "is_train", "is_training", "is_test")
"""Headings that no class has: such a column is the split, also among columns of 0 and 1."""
PRESENCE = ("confidence", "presence", "present", "is_present", "exists", "has_label", "value")
"""Headings of a column in which 0 says that the label of its row is not there."""
BOXES = (
    {"xmin", "ymin", "xmax", "ymax"}, {"x1", "y1", "x2", "y2"}, {"left", "top", "right", "bottom"},
    {"bbox_x", "bbox_y"}, {"xmin", "ymin", "width", "height"}, {"x_min", "y_min", "x_max", "y_max"},
)  # fmt: skip
"""Headings of which all together mean that each row is one object."""

DESCRIBING = {
    *(
        "width",
        "height",
        "size",
        "depth",
        "confidence",
        "source",
        "url",
        "index",
        "area",
        "iscrowd",
        "created_at",
    ),
    *(
        "updated_at",
        "annotator",
        "annotation_id",
        "lead_time",
        "caption",
        "comment",
        "description",
        "md5",
        "sha1",
    ),
    *(
        "isoccluded",
        "istruncated",
        "isgroupof",
        "isdepiction",
        "isinside",
        "truncated",
        "difficult",
        "occluded",
    ),
    *(heading for box in BOXES for heading in box),
}
"""Headings of columns that describe an image or an object and are never labels."""


def normal(heading: str) -> str:
    """A heading in small letters, with _ between its words.

    >>> normal("Image Index"), normal("file-name "), normal("ImageID")
    ('image_index', 'file_name', 'imageid')
    """
    return re.sub(r"[\W_]+", "_", composed(heading).casefold()).strip("_")


def pairs(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The headings of x and y of each named point: `nose_x` and `nose_y`, or `x_nose` and `y_nose`.

    >>> pairs(["image", "nose_x", "nose_y", "x_tail"])
    {'nose': ('nose_x', 'nose_y')}
    """
    known = set(names)
    both = {name[:-2]: (name, f"{name[:-2]}_y") for name in names if name.endswith("_x")}
    both |= {name[2:]: (name, f"y_{name[2:]}") for name in names if name.startswith("x_")}
    return {point: (x, y) for point, (x, y) in both.items() if y in known and point not in NO_POINTS}


def without_box(name: str) -> str:
    """The heading of a box's side without the word for the box.

    >>> without_box("roi_x1"), without_box("x1")
    ('x1', 'x1')
    """
    return re.sub(r"^(roi|bbox|box|bounding_box)_", "", name)


def first(headings: Sequence[str], usual: Sequence[str]) -> int | None:
    """The place of the column with the most usual of these headings; None without one."""
    return next((headings.index(name) for name in usual if name in headings), None)
