"""Remarks on a CIF, each said once, however many sites it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable

SITE = re.compile(r"\b(site|vacancy|dummy atom) (\S+)")
NUMBER = re.compile(r"\d+(\.\d+)?")
NAMED = 3  # other sites that a remark names


def said_once(remarks: Iterable[str]) -> tuple[str, ...]:
    """The remarks; those that differ only in the site and in numbers are one, with the labels of the other sites."""
    kinds: dict[str, list[str]] = {}
    for remark in dict.fromkeys(remarks):
        kind = NUMBER.sub("#", SITE.sub(r"\1", remark)) if SITE.search(remark) else remark
        kinds.setdefault(kind, []).append(remark)
    return tuple(_joined(*alike) for alike in kinds.values())


def _joined(first: str, *others: str) -> str:
    if not others:
        return first
    labels = [found[2] for other in others if (found := SITE.search(other))]
    names = ", ".join(labels[:NAMED]) + ", …" * (len(labels) > NAMED)
    return f"{first.rstrip('.')}; the same holds for {len(others)} more (site {names})."
