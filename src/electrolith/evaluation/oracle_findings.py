"""Answers of the oracles, and the file that stores them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

from ..gen.crystal import Crystal
from ..gen.stored_records import reading_back, stored_record
from .oracles import RELAXED

JOURNAL = "judged.jsonl"


@dataclass(frozen=True)
class Finding:
    """Answer of one oracle for one crystal.

    symbol   meaning                                                            unit
    values   by property, as computed; infinite for a barrier without a path    that of the property
    reason   why there are no values
    seconds  wall time of the computation                                       s
    extra    of a relaxation: the crystal and its energy
    """

    values: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def relaxed(self) -> Crystal:
        """The crystal of a relaxation."""
        return Crystal.of(self.extra["lattice"], self.extra["frac_coords"], self.extra["atomic_numbers"])


Findings: TypeAlias = dict[str, Finding]  # by key of the oracle


class FindingJournal:
    """File with a line of JSON per crystal and oracle; a kill may leave half a line at its end.

    A finding belongs to the numbers of a crystal, not to its name: findings of an overwritten run are not reused.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Findings]:
        """Findings by the digest of the crystal; a half-written last line is cut off."""
        findings: dict[str, Findings] = {}
        if not self.path.exists():
            return findings
        content = self.path.read_bytes()
        complete = content[: content.rfind(b"\n") + 1]
        if len(complete) < len(content):
            os.truncate(self.path, len(complete))
        for number, line in enumerate(complete.splitlines(), start=1):
            with reading_back(self.path, f"Delete its line {number}, or the file"):
                values = json.loads(line)
                finding = stored_record(Finding, values["finding"])
                if values["judge"] == RELAXED and not finding.reason:
                    _ = finding.relaxed, float(finding.extra["energy"])
                findings.setdefault(values["digest"], {})[values["judge"]] = finding
        return findings

    def append(self, crystal: Crystal, findings: Mapping[str, Finding]) -> None:
        """Adds findings on a crystal."""
        head = {"name": crystal.name, "digest": digest(crystal)}
        lines = [
            json.dumps(head | {"judge": key, "finding": asdict(finding)}) + "\n" for key, finding in findings.items()
        ]
        with self.path.open("a", encoding="utf-8") as stream:
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())


def digest(crystal: Crystal) -> str:
    """Short hash of lattice, coordinates and elements."""
    parts = (crystal.lattice, crystal.frac_coords, crystal.atomic_numbers)
    return sha256(b"".join(part.tobytes() for part in parts)).hexdigest()[:16]
