"""One Pascal VOC annotation: an XML file with the named objects of an image."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

FALLBACK = "cp1252"
CORNERS = ("xmin", "ymin", "xmax", "ymax")
MOST_BYTES = 8 * 1024**2
BROKEN = (ElementTree.ParseError, DefusedXmlException, ValueError, OSError, LookupError, RecursionError)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(frozen=True)
class Object:
    """One object: its name, "" without one, and its box in pixels (xmin, ymin, xmax, ymax), None without numbers."""

    name: str
    box: tuple[float, ...] | None

    @property
    def middle(self) -> tuple[float, float] | None:
        """The middle of the box."""
        return ((self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2) if self.box else None


def read_annotation(content: bytes) -> tuple[list[Object], str]:
    """The objects of one annotation, in the order of the file, and the name of its image, "" without one.

    Raises one of `BROKEN`.

    An encoding that the file declares is used, whichever it is. Bytes in none are read, unless a name depends on them.
    """
    root, is_guess = parse(content)
    if root.tag.lower() != "annotation":
        raise ValueError(f"its root is “{root.tag[:40]}”, not “annotation”")
    objects = [_object(element) for element in root.findall("object")]
    if is_guess and not all(one.name.isascii() for one in objects):
        raise ValueError("it is not in the encoding that it declares; save it as UTF-8")
    return objects, (root.findtext("filename") or "").strip().replace("\\", "/").rpartition("/")[2]


def parse(content: bytes) -> tuple[Element, bool]:
    """The root of an XML file, and whether its encoding had to be guessed. Raises one of `BROKEN`."""
    try:
        return ElementTree.fromstring(content), False
    except DefusedXmlException as error:
        raise ValueError("it defines entities or refers to other files, which no annotation needs") from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        text, is_guess = _text(content, error)
        return ElementTree.fromstring(_DECLARATION.sub("", text)), is_guess


def read_bytes(path: Path) -> bytes:
    """The content of a file. Raises ValueError for one that is too large."""
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES // 1024**2} MB")
    return path.read_bytes()


def _text(content: bytes, error: Exception) -> tuple[str, bool]:
    """The text in an encoding that the XML parser does not know, such as GBK, or in none. Raises `error` for others."""
    declared = _DECLARED.match(content)
    name = declared.group(1).decode("ascii") if declared else "utf-8"
    try:
        return content.decode(name), False
    except (UnicodeDecodeError, LookupError):
        pass
    try:
        return content.decode(FALLBACK), True
    except UnicodeDecodeError:
        raise error from None


def _object(element: Element) -> Object:
    corners = [element.findtext(f"bndbox/{corner}") for corner in CORNERS]
    return Object((element.findtext("name") or "").strip(), _box(corners))


def _box(corners: list[str | None]) -> tuple[float, ...] | None:
    try:
        box = tuple(float(corner) for corner in corners if corner is not None)
    except ValueError:
        return None
    return box if len(box) == len(CORNERS) and all(map(math.isfinite, box)) else None
