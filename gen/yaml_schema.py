"""The YAML that is read: the core schema of YAML 1.2, limited in size, depth and aliases.

text                     is read as
null, ~, nothing         None
true, false              a truth value; yes, no, on and off stay texts (``NO`` is a formula)
12, -3, 0x1f, 0o17       an integer of at most 20 characters; 1:30 and 2026-01-31 stay texts
0.5, 1e-3, .inf, .nan    a number
anything else            a text

Tags of Python objects are refused, and so are keys that are lists or mappings.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

PREFIX = "tag:yaml.org,2002:"
TAGS = (None, "!", *(PREFIX + kind for kind in ("null", "bool", "int", "float", "str", "seq", "map")))
DEEPEST = 30  # levels of nesting
MOST_NODES = 500_000  # values in a file
MOST_COPIES = 10_000  # values after every alias is replaced by what it stands for, beyond those written
BREAKS = frozenset("\x85\u2028\u2029")  # ends of lines besides the usual ones
LONGEST_INTEGER = 20  # characters
BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

RESOLVED = (  # kind, its text, the characters with which it may begin; the order decides
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+."),
    ("merge", r"<<", "<"),
)


class CoreLoader(BASE):  # type: ignore[misc]  # PyYAML has no types
    """A loader of the core schema; it makes plain values only."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  PyYAML's form


for _kind, _text, _first in RESOLVED:
    CoreLoader.add_implicit_resolver(PREFIX + _kind, re.compile(rf"(?:{_text})\Z"), list(_first))


def refusal(problem: str, node: Any) -> yaml.MarkedYAMLError:
    """An error at the place of a node or event."""
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _integer(_: Any, node: Any) -> int:
    text = node.value
    if len(text) > LONGEST_INTEGER:
        raise refusal(f"a whole number of {len(text)} characters is too long", node)
    try:
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    except ValueError:
        raise refusal(f"{text!r} is not a whole number", node) from None


def _number(_: Any, node: Any) -> float:
    text = node.value.lower()
    try:
        return float(text.replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        raise refusal(f"{node.value[:40]!r} is not a number", node) from None


def _truth(_: Any, node: Any) -> bool:
    if node.value.lower() not in ("true", "false"):
        raise refusal(f"{node.value[:40]!r} is not true or false", node)
    return bool(node.value.lower() == "true")


CoreLoader.add_constructor(PREFIX + "int", _integer)
CoreLoader.add_constructor(PREFIX + "float", _number)
CoreLoader.add_constructor(PREFIX + "bool", _truth)


class CoreDumper(yaml.SafeDumper):  # type: ignore[misc]  # as above
    """Writes values so that ``CoreLoader`` reads the same; it also quotes the texts that YAML 1.1 reads otherwise."""

    def ignore_aliases(self, _: Any) -> bool:
        """Writes equal lists out."""
        return True


for _kind, _text, _first in RESOLVED:
    CoreDumper.add_implicit_resolver(PREFIX + _kind, re.compile(rf"(?:{_text})\Z"), list(_first))


def yaml_text(values: Any) -> str:
    """Plain values as YAML, in their order. Raises ``yaml.YAMLError`` for values of other kinds."""
    text = str(yaml.dump(values, Dumper=CoreDumper, sort_keys=False, allow_unicode=True, width=120))
    if not BREAKS.isdisjoint(text):  # readers take them for ends of lines
        text = str(yaml.dump(values, Dumper=CoreDumper, sort_keys=False, allow_unicode=False, width=120))
    return text


def check_events(text: str) -> None:
    """Refuses a text that is too deep, too large or has tags of its own, before any value is made.

    Raises ``yaml.YAMLError``.
    """
    depth = nodes = 0
    for event in yaml.parse(text, CoreLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if not isinstance(event, yaml.NodeEvent):
            continue
        nodes += 1
        depth += isinstance(event, yaml.CollectionStartEvent)
        if depth > DEEPEST:
            raise refusal(f"more than {DEEPEST} levels of nesting", event)
        if nodes > MOST_NODES:
            raise refusal(f"more than {MOST_NODES} values", event)
        if getattr(event, "tag", None) not in TAGS:
            raise refusal(f"the tag {str(event.tag)[:60]} is not read here: leave it out", event)


def check_nodes(node: Any) -> None:
    """Refuses aliases that explode or contain themselves, and keys that are no texts. Raises ``yaml.YAMLError``."""
    sizes: dict[int, int] = {}
    _size(node, sizes, set())
    if sizes[id(node)] - len(sizes) > MOST_COPIES:
        raise refusal("its aliases (*name) stand for too many values: write the values out", node)


def _size(node: Any, sizes: dict[int, int], above: set[int]) -> int:
    """Number of values of a node with every alias replaced, by id in ``sizes``."""
    if id(node) in above:
        raise refusal("an alias (*name) stands for a part of itself", node)
    if id(node) in sizes:
        return sizes[id(node)]
    below: list[Any] = []
    if isinstance(node, yaml.SequenceNode):
        below = node.value
    elif isinstance(node, yaml.MappingNode):
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise refusal("a key is a list or a mapping: write a name", key)
        below = [child for pair in node.value for child in pair]
    above.add(id(node))
    sizes[id(node)] = 1 + sum(_size(child, sizes, above) for child in below)
    above.discard(id(node))
    return sizes[id(node)]
