"""Values of the requested properties by the oracles, corrected for the bias of the oracles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..conditioners.targets import Targets
from ..gen.callbacks import ProgressCallback, no_callback
from ..gen.crystal import Crystal
from ..validators.structure.symmetry import found_space_group
from .oracle_bias import Bias, biases_of
from .oracle_findings import JOURNAL, FindingJournal, Findings
from .oracle_runner import findings_on
from .oracles import DENSITY, RELAXED, oracle_for
from .requested import RequestedProperty

NO_ORACLE = "no oracle computes it"
NOT_COMPUTED = "not computed: another target is missed"


@dataclass(frozen=True)
class OracleResult:
    """Value of one property of one crystal, by an oracle.

    symbol      meaning                                                     unit
    name        of the crystal
    raw         as computed; NaN where it could not be computed             that of the property
    value       corrected for the bias of the oracle                        likewise
    requested   of this crystal; NaN where only an interval is known        likewise
    predicted   by the surrogate; NaN where the table of the run has none   likewise
    reason      why it could not be computed
    one_factor  corrected by the factor for crystals of any kind            likewise
    """

    name: str
    raw: float
    value: float
    requested: float = math.nan
    predicted: float = math.nan
    reason: str = ""
    one_factor: float = math.nan

    @property
    def is_known(self) -> bool:
        """Whether the oracle gave a value."""
        return not math.isnan(self.value)


def oracle_results(
    crystals: Sequence[Crystal],
    requested: Mapping[str, RequestedProperty],
    stages: Sequence[Sequence[str]],
    path: Path,
    workers: int | None = None,
    watch: ProgressCallback = no_callback,
) -> dict[str, list[OracleResult]]:
    """Results for each crystal, by property; the findings are stored in the folder ``path``.

    ``stages`` holds keys of oracles. Those of a stage are asked only of crystals that meet the targets of all earlier
    stages.
    """
    journal = FindingJournal((path if path.is_dir() else path.parent) / JOURNAL)
    every_key = [key for keys in stages for key in keys]
    results = {
        name: [_unknown(c.name, r, NOT_COMPUTED if oracle_for(name, every_key) else NO_ORACLE) for c in crystals]
        for name, r in requested.items()
    }
    remaining = list(range(len(crystals)))
    for keys in stages:
        computed = [name for name in requested if oracle_for(name, keys)]
        needed = (RELAXED, *keys) if any(key != DENSITY for key in keys) else tuple(keys)
        findings = findings_on([crystals[i] for i in remaining], needed, journal, workers, watch)
        for i, of_crystal in zip(remaining, findings, strict=True):
            for name in computed:
                results[name][i] = _known(crystals[i], results[name][i], name, oracle_for(name, keys), of_crystal)
        remaining = [i for i in remaining if all(requested[name].meets(results[name][i].value) for name in computed)]
    return results


def _unknown(crystal: str, requested: RequestedProperty, reason: str) -> OracleResult:
    predicted = requested.predicted.get(crystal, math.nan)
    return OracleResult(crystal, math.nan, math.nan, requested.value_for(crystal), predicted, reason)


def _known(crystal: Crystal, unknown: OracleResult, name: str, key: str, findings: Findings) -> OracleResult:
    raw = findings[key].values.get(name, math.nan)
    bias = biases_of(key).get(name, Bias())
    value, one_factor = (raw * correction.factor for correction in (bias.correction_for(crystal), bias.of_all))
    return replace(unknown, raw=raw, value=value, one_factor=one_factor, reason=findings[key].reason)


def describe_oracle(name: str, keys: Sequence[str]) -> str:
    """The oracle of a property and its correction, in words."""
    key = oracle_for(name, keys)
    bias = biases_of(key).get(name) if key else None
    return f"{name}: {key or NO_ORACLE}" + (f" ({bias.description})" if bias else "")


def meets_all_targets(
    crystals: Sequence[Crystal],
    requested: Mapping[str, RequestedProperty],
    results: Mapping[str, Sequence[OracleResult]],
    targets: Targets,
) -> list[bool]:
    """Whether each crystal meets every target: properties by the oracles, space group at 0.1 Å, and elements."""
    constraints = targets.constraints()
    flags = []
    for i, crystal in enumerate(crystals):
        elements = frozenset(crystal.atomic_numbers.tolist())
        flags.append(
            all(r.meets(results[name][i].value) for name, r in requested.items())
            and constraints.required <= elements
            and (constraints.allowed is None or elements <= constraints.allowed)
            and (not constraints.space_groups or found_space_group(crystal) in constraints.space_groups)
        )
    return flags
