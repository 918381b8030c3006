"""A run: from settings to a folder of crystals, which can be killed at any moment and go on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ..conditioners.space_group_symbols import space_group_symbol
from ..gen.custom_properties import entries_of, properties_of_record
from ..gen.errors import UserError
from ..gen.properties import SHIPPED
from ..gen.sampling.candidate import Relaxation
from ..io.csv_rows import ANSWERS
from ..io.output_folder import full_disk_reported
from ..io.versions import versions_of
from ..parallel.cores import cores
from ..validators.relaxation.potentials import CHGNET
from .batch import RunFilter
from .generator import Generator
from .records import Batch, GeneratedCrystal
from .relax_candidates import relaxing
from .run_folder import RunFolder, Tables
from .settings import Settings
from .target_filter import surrogate_hashes

VERSIONS_OF = ("electrolith", "torch", "e3nn", "spglib", "pymatgen", "numpy")


@dataclass(frozen=True)
class RunProgress:
    """How far a run has come: of ``asked`` crystals ``made`` exist; ``spent`` slots never will give one.

    ``rejected`` candidates fell. ``keep``: the run goes on until all are made, or its candidates are.
    """

    asked: int
    made: int = 0
    spent: int = 0
    rejected: int = 0
    keep: bool = False

    @property
    def candidates(self) -> int:
        """All that were made so far."""
        return self.made + self.rejected

    @property
    def share(self) -> float:
        """Of the candidates that was kept."""
        return self.made / max(self.candidates, 1)

    def __add__(self, chunk: Batch) -> RunProgress:
        return replace(
            self,
            made=self.made + len(chunk.made),
            spent=self.spent + len(chunk.spent),
            rejected=self.rejected + len(chunk.rejected),
        )


def run(
    settings: Settings,
    path: Path,
    *,
    resume: bool = False,
    overwrite: bool = False,
    generator: Generator | None = None,
    watch: Callable[[RunProgress], None] = lambda _: None,
) -> RunProgress:
    """Makes the crystals of ``settings`` in the folder ``path``; ``watch`` hears of every finished chunk.

    Raises ``UserError`` for a folder in use or settings that differ from those of the run to go on with, and
    ``ElectrolithError`` when the disk is full; what was finished stays.
    """
    folder = RunFolder(path)
    with full_disk_reported(path):
        folder.claim(resume=resume, overwrite=overwrite)
        generator = generator or _load(settings)
        settings = settings.resolved(generator.device, cores())
        generator.refuse_unknown(settings.targets)
        if settings.relax:
            relaxing()  # raises while nothing has been touched yet
        wishes = settings.targets.property_targets
        weights = generator.weight_hashes | (surrogate_hashes(generator.surrogates) if wishes else {})
        chunks = settings.slots.chunks  # raises while nothing has been touched yet
        record: dict[str, Any] = {
            "settings": settings.as_mapping(),
            "versions": versions() | (versions_of((CHGNET,)) if settings.relax else {}),
            "weights": weights,
            "status": "running",
        }
        own = [wish.quantity for wish in wishes if wish.quantity.name not in SHIPPED.names]
        record |= {"properties": entries_of(own)} if own else {}
        earlier = folder.read_run() if resume else None
        if earlier:
            _same_run(settings, weights, earlier, folder.run_file)
            if earlier.get("status") == "complete":
                folder.journal.remove()  # a run killed at its last step leaves it
                return RunProgress(**earlier["outcome"])
        elif overwrite:
            folder.clear()
        folder.write_run(record)
        tables = Tables(folder, wishes, lambda made: comments(made, settings, weights), settings.relax)
        outcome = RunProgress(settings.keep or settings.slots.count, keep=settings.keep > 0)
        within_run = RunFilter(settings.keep)
        tables.restart(folder.journal)
        for chunk in folder.journal:
            within_run.remember(chunk)
            outcome += chunk
        watch(outcome)
        done = len(folder.journal)
        new = generator.chunks(settings.slots, settings.targets, settings.how, done, settings.workers)
        for place, chunk in enumerate(within_run.of(new), start=done):
            folder.journal.append(place, chunk)
            tables.append(chunk)
            outcome += chunk
            watch(outcome)
        assert within_run.enough or len(folder.journal) == len(chunks), "a chunk is missing"
        tables.finish()
        kept = {"candidates": outcome.candidates, "share_kept": round(outcome.share, 6)} if outcome.keep else {}
        folder.write_run(record | {"status": "complete", "outcome": vars(outcome), **kept})
        folder.journal.remove()
    return outcome


def comments(made: GeneratedCrystal, settings: Settings, weights: dict[str, str]) -> list[str]:
    """How a crystal was made, for its CIF."""
    targets = settings.targets.as_mapping()
    group = made.space_group_asked
    found = f"{made.space_group_found} at 0.1 A, {made.space_group_strict} at 0.01 A"
    how = f"{settings.steps} steps, guidance {settings.guidance:g}, batches of {settings.batch_size}"
    lines = [
        f"made by electrolith {versions()['electrolith']}; {_relaxed(made.relaxation)}",
        f"run: seed {settings.seed}, {how}, checkpoint {settings.checkpoint}",
        f"this crystal: attempt {made.attempt}, seed {made.seed}, log-likelihood {made.log_likelihood:.2f} nats",
        f"orbits: {made.orbits.label}",
        f"space group made with: {group} ({space_group_symbol(group)}); found by spglib: {found}",
        "targets: " + ("; ".join(f"{name} = {text}" for name, text in targets.items()) or "none"),
    ]
    of = {target.name: target.quantity for target in settings.targets.property_targets}
    lines += [f"asked for: {name} = {value:.6g} {of[name].unit}" for name, value in made.asked.items()]
    lines += [
        f"predicted: {name} = {found.value:.4g} {of[name].unit}, spread {found.spread:.2g} "
        + ("decades" if of[name].log else of[name].unit)
        + (f"; doubtful: {found.doubt}" if found.doubt else "")
        for name, found in made.predicted.items()
    ]
    lines += [f"check {v.name}: {ANSWERS[v.passed]}, {v.reason}" for v in made.verdicts]
    lines += [f"weights {name}: sha256 {digest}" for name, digest in weights.items()]
    return [" ".join(line.split()) for line in lines]


def _relaxed(relaxation: Relaxation | None) -> str:
    if relaxation is None:
        return "not relaxed"
    height = f", {relaxation.height:.3f} eV/atom above the hull" if math.isfinite(relaxation.height) else ""
    how = f"relaxed by {relaxation.distance:.3f} A in its space group with {relaxation.potential}"
    return f"{how}: {relaxation.energy:.5f} eV/atom{height}"


@cache
def versions() -> dict[str, str]:
    """Versions of what the crystals depend on."""
    return versions_of(VERSIONS_OF)


def _load(settings: Settings) -> Generator:
    import torch

    torch.set_num_threads(1)  # processes share the work: the sums of a crystal never depend on how many cores there are
    return Generator.from_pretrained(settings.checkpoint, settings.device)


def _same_run(settings: Settings, weights: dict[str, str], earlier: dict[str, Any], file: Path) -> None:
    properties = properties_of_record(earlier, file)
    differences = Settings.from_mapping(earlier["settings"], properties).differences(settings)
    if earlier.get("weights", {}) != weights:
        differences.append("weights: other files than those of the run")
    if differences:
        raise UserError(
            f"--resume needs the run's own settings; these differ ({file.name}, now): {'; '.join(differences)}. "
            "Leave the options out to take the run's, or start another folder."
        )
