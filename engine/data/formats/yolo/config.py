"""What a YOLO dataset says of itself: the names of its classes, its split, and its keypoints.

Ultralytics writes all of it into data.yaml; Darknet the names into obj.names and the split into obj.data; other tools
only the names into classes.txt. (docs.ultralytics.com/datasets; github.com/AlexeyAB/darknet)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from engine.data.formats.files.text_file import NAMES, read_text
from engine.data.formats.files.yaml_text import MOST_BYTES, Value, read_yaml
from engine.data.formats.phrases import counted, some
from engine.data.formats.source import Source
from engine.data.formats.tables.cells import TEST, TRAIN, VALID

NAME_FILES = ("classes.txt", "obj.names", "_darknet.labels")
YAML_ENDINGS, DARKNET_ENDING = (".yaml", ".yml"), ".data"
USUAL_YAMLS = ("data.yaml", "dataset.yaml", "data.yml", "dataset.yml")
SPLIT_KEYS = {"train": TRAIN, "val": VALID, "valid": VALID, "validation": VALID, "test": TEST}
MOST_NUMBER, MOST_KEYPOINTS = 10_000_000, 10_000


@dataclass(frozen=True)
class Config:
    """The names of classes by their numbers, and what else the files say.

    Attributes: `names_file`, which says the names, "" without one; `splits`, for each part the folders or lists that
    make it up, as written; `split_file`, which says so, and `base`, the folder that they start from as written;
    `keypoints`, how many there are and the numbers of each; `keypoint_names`; `files`, every file that was read;
    `unread`, a sentence for each that cannot be; `name_problems` and `keypoint_problems`, a sentence each, for the
    tasks that need names or keypoints; `name_notes`, what is odd about the names.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    names_file: str = ""
    splits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    split_file: str = ""
    base: str = ""
    keypoints: tuple[int, int] | None = None
    keypoint_names: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    name_problems: tuple[str, ...] = ()
    name_notes: tuple[str, ...] = ()
    keypoint_problems: tuple[str, ...] = ()


def config_of(source: Source) -> Config:
    """What the files of a set say, with what is wrong with them; found out once for each source."""
    if "yolo" not in source.memo:
        source.memo["yolo"] = _config_of(source)
    return source.memo["yolo"]


def _config_of(source: Source) -> Config:
    files = sorted(source.listing.names, key=lambda name: (name.count("/"), name))
    unread: list[str] = []
    held = {name: _mapping_of(source, name, unread) for name in files if _is_mapping(name)}
    names, wrong = _class_names(source, files, held)
    split_file = next((name for name, one in held.items() if SPLIT_KEYS.keys() & one.keys()), "")
    pose_file = next((name for name, one in held.items() if "kpt_shape" in one), "")
    split, pose = held.get(split_file, {}), held.get(pose_file, {})
    keypoints = _keypoints_of(pose.get("kpt_shape", ""))
    return Config(
        names=next(iter(names.values()), {}),
        names_file=next(iter(names), ""),
        splits=_splits_of(split),
        split_file=split_file,
        base=str(split["path"]) if isinstance(split.get("path"), str) else "",
        keypoints=keypoints,
        keypoint_names=_keypoint_names(pose.get("kpt_names")),
        files=tuple(dict.fromkeys([*names, *filter(None, (split_file, pose_file))])),
        unread=tuple(unread),
        name_problems=(*unread, *wrong),
        name_notes=tuple(_odd_names(held, *next(iter(names.items()), ("", {})))),
        keypoint_problems=(*unread, *([_wrong_keypoints(pose_file)] if pose_file and not keypoints else [])),
    )


def _is_mapping(name: str) -> bool:
    return name.lower().endswith((*YAML_ENDINGS, DARKNET_ENDING))


def _mapping_of(source: Source, name: str, unread: list[str]) -> Mapping[str, Value]:
    """What a file holds. One that cannot be read is told only where its name says that it describes a dataset."""
    path = source.listing.folder / name
    try:
        status = path.stat()
        return _parsed(path, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError) as error:
        if PurePosixPath(name).name.lower() in USUAL_YAMLS:
            unread.append(_unreadable(name, error))
        return {}


@lru_cache(maxsize=8)
def _parsed(path: Path, _mtime_ns: int, _size: int) -> Mapping[str, Value]:
    """A file is gone through once, however often a dataset is looked at."""
    text = _utf8(path, MOST_BYTES)
    if path.suffix.lower() != DARKNET_ENDING:
        return read_yaml(text)
    pairs = [line.partition("=") for line in text.splitlines() if "=" in line]
    return {key.strip(): value.strip() for key, _, value in pairs}


def _utf8(path: Path, most_bytes: int) -> str:
    text, encoding = read_text(path, most_bytes)
    if encoding in (NAMES["cp1252"], NAMES["latin-1"]):
        raise ValueError("it is not a text in UTF-8; save it as UTF-8")
    return text


def _unreadable(name: str, error: Exception | str) -> str:
    return (
        f"“{name}”, which should name the classes, cannot be read: {error}; export it again from its program."
    )


def _class_names(
    source: Source, files: list[str], held: Mapping
) -> tuple[dict[str, dict[int, str]], list[str]]:
    """The names in each file that has some, and what is wrong with them."""
    named: dict[str, dict[int, str]] = {}
    problems: list[str] = []
    for name in files:
        try:
            if name.lower().endswith(YAML_ENDINGS) and held[name].get("names", "") != "":
                named[name] = _names_of(held[name]["names"])
            elif _is_list_of_names(name):
                named[name] = _listed_names(_utf8(source.listing.folder / name, MOST_BYTES))
        except (OSError, ValueError) as error:
            problems.append(_unreadable(name, error))
    named = {name: names for name, names in named.items() if names}
    return named, problems + _other_names(named)


def _is_list_of_names(name: str) -> bool:
    last = PurePosixPath(name).name.lower()
    return last in NAME_FILES or last.endswith(".names")


def _names_of(held: Value) -> dict[int, str]:
    """What stands under `names`: a list, or numbers with names. Raises ValueError where it is neither."""
    if isinstance(held, dict):
        if not all(key.isdecimal() and int(key) < MOST_NUMBER for key in held):
            raise ValueError("one of its names has no number")
        pairs = {int(key): value for key, value in held.items()}
    else:
        pairs = dict(enumerate(held)) if isinstance(held, list) else {}
    if not pairs or not all(isinstance(value, str) for value in pairs.values()):
        raise ValueError("its names are not a list of words")
    return {number: str(value).strip() for number, value in pairs.items()}


def _listed_names(text: str) -> dict[int, str]:
    """A name on each line. Raises ValueError for an empty line among them: it would move all that follow."""
    names = [line.strip() for line in text.rstrip().splitlines()]
    if "" in names:
        raise ValueError(f"line {names.index('') + 1} is empty; remove it, or write the name of the class")
    return dict(enumerate(names))


def _other_names(named: Mapping[str, Mapping[int, str]]) -> list[str]:
    """Two files that give a class another name: whichever were read, the other might be right."""
    (first, names), *others = named.items() or [("", {})]
    for file, other in others:
        for number in sorted(names.keys() & other.keys()):
            if names[number] != other[number]:
                return [
                    f"“{first}” calls class {number} “{names[number]}”, and “{file}” calls it “{other[number]}”;"
                    " remove the file that is wrong."
                ]
    return []


def _odd_names(held: Mapping[str, Mapping[str, Value]], file: str, names: Mapping[int, str]) -> list[str]:
    """A sentence for a name that several classes have, and one for a number of classes that is another."""
    notes = []
    if twice := [f"“{name}”" for name, count in Counter(names.values()).items() if count > 1]:
        notes.append(f"Read as one label: classes of the same name in “{file}”: {some(twice)}.")
    count = held.get(file, {}).get("nc", "")
    if isinstance(count, str) and count.isdecimal() and int(count) != len(names):
        notes.append(
            f"“{file}” says nc: {count}, and names {counted(len(names), 'class', 'classes')}; the names count."
        )
    return notes


def _splits_of(held: Mapping[str, Value]) -> dict[str, tuple[str, ...]]:
    splits: dict[str, tuple[str, ...]] = {}
    for key, part in SPLIT_KEYS.items():
        value = held.get(key, "")
        entries = value if isinstance(value, list) else [value]
        words = tuple(one for one in entries if isinstance(one, str) and one.strip() not in ("", "null", "~"))
        if words:
            splits[part] = (*splits.get(part, ()), *words)
    return splits


def _keypoints_of(held: Value) -> tuple[int, int] | None:
    """How many keypoints there are, and the numbers of each; None where `kpt_shape` does not say it."""
    numbers = [int(one) if isinstance(one, str) and one.isdecimal() else 0 for one in held]
    is_right = len(numbers) == 2 and 1 <= numbers[0] <= MOST_KEYPOINTS and numbers[1] in (2, 3)
    return (numbers[0], numbers[1]) if is_right else None


def _wrong_keypoints(file: str) -> str:
    says = "must be the number of keypoints, then 2, or 3 with visibility, such as [17, 3]"
    return f"“kpt_shape” in “{file}” {says}."


def _keypoint_names(held: Value | None) -> tuple[str, ...]:
    """The names of the keypoints: a list, or a list for each class, of which the first counts."""
    if isinstance(held, dict):
        held = next(iter(held.values()), None)
    return tuple(str(one) for one in held) if isinstance(held, list) else ()


def unknown_classes(config: Config, numbers: set[int]) -> list[str]:
    """A sentence about the classes of objects that nothing names, if something names the others."""
    missing = sorted(number for number in numbers if not config.names.get(number))
    if not missing or not config.names_file:
        return []
    least, most = min(config.names), max(config.names)
    advice = "name it" if len(missing) == 1 else "name them"
    if missing == [most + 1] and least not in numbers:
        advice = "if the text files count from 1, write each name with its number (names: {1: …})"
    told = some([str(number) for number in missing])
    return [
        f"“{config.names_file}” names the classes {least} to {most}, but objects have the class {told}; {advice}."
    ]
