"""YAML with the line number of every key; every YAML file of a user is read here, so that none is read otherwise.

Duplicate keys, numbers of thousands of digits, aliases that explode, deep nesting and large files are errors of one
line. The rules for values are in ``yaml_schema``.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import yaml

from .errors import UserError
from .yaml_schema import CoreLoader, check_events, check_nodes, refusal

Where = tuple[str | int, ...]  # path to a value, e.g. ("checks", 2, "at_most")
LARGEST_FILE = 2_000_000  # bytes; a megabyte takes several seconds


class YamlLines:
    """The values of a YAML text and the line of each. Raises ``UserError`` for invalid YAML and duplicate keys."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self._lines: dict[Where, int] = {}
        try:
            check_events(text)
            loader = CoreLoader(text)
            node = loader.get_single_node()
            if node is not None:
                check_nodes(node)
                self._walk(node, ())
            self.values: Any = None if node is None else loader.construct_document(node)
        except yaml.YAMLError as error:
            raise UserError(f"{self._place_of(error)}: not readable as YAML: {_problem(error)}.") from error

    @classmethod
    def of_file(cls, path: Path) -> YamlLines:
        """Reads a file. Raises ``UserError``, also for one that is missing, too large or no text."""
        return cls(_text_of(path), str(path))

    @classmethod
    def of_mapping(cls, path: Path, example: str) -> YamlLines:
        """Reads a file that holds names and values, such as ``example``. Raises ``UserError``."""
        lines = cls.of_file(path)
        if not isinstance(lines.values, dict):
            raise UserError(f"{path} has no settings: write lines such as `{example}`.")
        return lines

    def at(self, *where: str | int) -> str:
        """``FILE, line N`` of a value."""
        line = next((self._lines[where[:k]] for k in range(len(where), -1, -1) if where[:k] in self._lines), 1)
        return f"{self.name}, line {line}"

    def at_key(self, key: str) -> str:
        """``FILE, line N`` of a key; ``FILE, line N: size`` of ``size.layers``; the file alone for an empty key."""
        above = key.rpartition(".")[0]
        return f"{self.at(*key.split('.'))}{f': {above}' if above else ''}" if key else self.name

    def _place_of(self, error: yaml.YAMLError) -> str:
        mark = getattr(error, "problem_mark", None)
        return f"{self.name}, line {mark.line + 1}" if mark else self.name

    def _walk(self, node: Any, where: Where) -> None:
        """Records the line of every value; what an alias stands for keeps the line where it is written."""
        self._lines.setdefault(where, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            for k, child in enumerate(node.value):
                self._walk(child, (*where, k))
        elif isinstance(node, yaml.MappingNode):
            for key, child in node.value:
                below = (*where, str(key.value))
                if below in self._lines:
                    raise refusal(f"{key.value[:60]!r} is given twice", key)
                key.tag = "tag:yaml.org,2002:merge" if key.value == "<<" else "tag:yaml.org,2002:str"
                self._lines[below] = key.start_mark.line + 1
                self._walk(child, below)


def _problem(error: yaml.YAMLError) -> str:
    """What is wrong, in one line."""
    text = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    if "'\\t'" in text or "\t" in text:
        return "there is a tab where blanks are needed"
    return " ".join(text.split())[:200]


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None
    except IsADirectoryError:
        raise UserError(f"{path} is a folder: give a YAML file.") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if len(content) > LARGEST_FILE:
        raise UserError(f"{path} is too large for a YAML file of settings: more than {LARGEST_FILE / 1e6:g} MB.")
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path} is not a text in UTF-8: give a YAML file.") from None
