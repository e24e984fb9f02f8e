"""A YAML file in which every value stays the text in the file: no is "no", 007 is "007".

YAML turns yes and no into booleans and 007 into 7, which are other class names. Only libyaml's events are used, so that
no tag is ever followed and an alias is never copied, and a file is gone through once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import yaml

MOST_BYTES, MOST_DEPTH = 8 * 1024**2, 20
PLAIN_TAGS = (None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")
Value = str | list | dict

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_yaml(text: str) -> dict[str, Value]:
    """The mapping that a YAML text holds. Raises ValueError where it holds none, or more than text, lists and mappings.

    >>> read_yaml("names: [no, 007]")
    {'names': ['no', '007']}
    """
    if len(text) > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES // 1024**2} MB")
    try:
        events = iter(yaml.parse(text, Loader=_LOADER))
        held = next((_value(event, events, 0) for event in events if isinstance(event, yaml.NodeEvent)), {})
        for _ in events:
            pass
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("it is not plain YAML") from error
    if not isinstance(held, dict):
        raise ValueError("it is not a YAML mapping")
    return held


def _value(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Value:
    if depth > MOST_DEPTH:
        raise ValueError("it is not plain YAML: it is nested too deeply")
    if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
        raise ValueError("it is not plain YAML: it has an alias")
    if event.tag not in PLAIN_TAGS:
        raise ValueError(f"it is not plain YAML: it has the tag “{event.tag[:60]}”")
    if isinstance(event, yaml.ScalarEvent):
        return event.value
    values = _children(events, depth, yaml.SequenceEndEvent if _is_list(event) else yaml.MappingEndEvent)
    return values if _is_list(event) else _mapping(values)


def _is_list(event: yaml.Event) -> bool:
    return isinstance(event, yaml.SequenceStartEvent)


def _children(events: Iterator[yaml.Event], depth: int, end: type) -> list[Value]:
    values: list[Value] = []
    for event in events:
        if type(event) is yaml.ScalarEvent and event.tag in PLAIN_TAGS and depth < MOST_DEPTH:
            values.append(event.value)  # the usual case, kept short: a file may hold 100,000 of them
        elif isinstance(event, end):
            break
        else:
            values.append(_value(event, events, depth + 1))
    return values


def _mapping(values: list[Value]) -> dict[str, Value]:
    keys = values[::2]
    if not all(isinstance(key, str) for key in keys):
        raise ValueError("it is not plain YAML: a key is not a word")
    held = dict(zip(map(str, keys), values[1::2], strict=True))
    if len(held) < len(keys):
        twice = Counter(map(str, keys)).most_common(1)[0][0]
        raise ValueError(f"it contains “{twice}” twice")
    return held
