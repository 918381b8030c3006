"""YAML with the line number of every key; duplicate keys are errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ..gen.errors import UserError

Where = tuple[str | int, ...]  # path to a value, e.g. ("checks", 2, "at_most")


class YamlLines:
    """The values of a YAML text and the line of each. Raises ``UserError`` for invalid YAML and duplicate keys."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self._lines: dict[Where, int] = {}
        try:
            loader = yaml.SafeLoader(text)
            node = loader.get_single_node()
            self.values: Any = None if node is None else loader.construct_document(node)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            raise UserError(f"{name}{line}: not readable as YAML: {getattr(error, 'problem', error)}.") from error
        if node is not None:
            self._walk(node, ())

    @classmethod
    def of_file(cls, path: Path) -> YamlLines:
        """Reads a file."""
        try:
            return cls(path.read_text(encoding="utf-8"), str(path))
        except FileNotFoundError:
            raise UserError(f"{path} does not exist.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path} cannot be read: {error}") from error

    def at(self, *where: str | int) -> str:
        """``FILE, line N`` of a value."""
        line = next((self._lines[where[:k]] for k in range(len(where), -1, -1) if where[:k] in self._lines), 1)
        return f"{self.name}, line {line}"

    def _walk(self, node: Any, where: Where) -> None:
        self._lines.setdefault(where, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            for k, child in enumerate(node.value):
                self._walk(child, (*where, k))
        elif isinstance(node, yaml.MappingNode):
            for key, child in node.value:
                below = (*where, str(key.value))
                if below in self._lines:
                    raise UserError(f"{self.name}, line {key.start_mark.line + 1}: {key.value!r} is given twice.")
                self._lines[below] = key.start_mark.line + 1
                self._walk(child, below)
