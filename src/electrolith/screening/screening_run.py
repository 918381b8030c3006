"""A screening: crystals and a recipe → results, in memory or in a folder from which a killed run resumes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..gen.errors import UserError
from ..gen.stored_records import reading_back, stored_record
from ..io.output_folder import claimed_folder, require_claimable
from ..io.reading_notes import reading_notes
from ..io.versions import versions_of
from ..recipes.recipe import Recipe
from ..recipes.recipe_reader import find_recipe
from ..report import write_report
from .candidate_table import step_counts
from .funnel import require_potentials
from .funnel_workers import screened, with_uniqueness
from .inputs import ORDERINGS, Entry, numbered_entries, read_paths
from .rank_survivors import rank_results
from .report_data import report_data
from .results import ScreeningResult
from .screen_folder import KIND, REPORT, ScreenFolder
from .screening_request import ScreeningRequest, require_same_request
from .second_pass import second_pass, with_second_pass

VERSIONS_OF = (
    "electrolith", "pymatgen", "spglib", "ase", "smact", "rdkit", "numpy", "torch", "chgnet", "sevenn", "bvlain",
    "pymatgen-analysis-diffusion",
)  # fmt: skip


@dataclass(frozen=True)
class ScreeningProgress:
    """Progress of a screening: ``done`` of ``total`` crystals, of which ``survivors`` passed all checks."""

    total: int
    done: int = 0
    survivors: int = 0

    def __add__(self, one: ScreeningResult) -> ScreeningProgress:
        return replace(self, done=self.done + 1, survivors=self.survivors + one.passed)


Watch = Callable[[ScreeningProgress], None]


def screen(
    crystals: Any, recipe: str | Path | Recipe | dict[str, Any], *, workers: int = 0, orderings: int = ORDERINGS
) -> list[ScreeningResult]:
    """Results of crystals in a recipe: the survivors first, in the order of their rank.

    argument   meaning
    crystals   a path, or a sequence of Crystals, pymatgen Structures or generated crystals
    recipe     the name of a shipped one, a YAML file, or the content of such a file
    workers    worker processes; 0: this process, which a crash in a check would end too. With workers, call ``screen``
               below ``if __name__ == "__main__":``, as for all spawned processes
    orderings  ordered models that stand for each disordered crystal

    Raises ``UserError`` for a recipe that cannot be read and for a path without crystals.
    """
    found = find_recipe(recipe)
    require_potentials(found)
    read = read_paths([Path(crystals)]) if isinstance(crystals, str | Path) else crystals
    entries = with_uniqueness(numbered_entries(read, orderings), found)
    done = list(screened(entries, found.of_all, workers))
    return rank_results(with_second_pass(done, found, workers), found)


def screen_to_folder(
    request: ScreeningRequest,
    path: Path,
    *,
    workers: int = 1,
    resume: bool = False,
    overwrite: bool = False,
    inputs: Sequence[Path] = (),
    watch: Watch = lambda _: None,
) -> ScreeningProgress:
    """Screens into the folder ``path``; ``watch`` is called after every finished crystal.

    ``inputs`` are files besides those of the request that must not lie in the folder. Raises ``UserError`` for a folder
    in use, for a potential that is not installed, and where the run to resume had another input or recipe.
    """
    files: tuple[str | Path, ...] = (*request.files, *inputs)
    require_claimable(path, KIND, files, resume=resume, overwrite=overwrite)
    require_potentials(request.recipe)
    folder = ScreenFolder(path)
    crystals = read_paths([Path(p) for p in request.paths], request.limit)
    with claimed_folder(path, KIND, files, resume=resume, overwrite=overwrite):
        earlier = folder.read_record() if resume else None
        if earlier is not None:
            require_same_request(request, earlier)
            if earlier.get("status") == "complete":
                folder.journal.remove()  # still there if the run was killed at its last step
                with reading_back(folder.record_file):
                    counts = {"total": earlier["crystals"], "done": earlier["crystals"]}
                    return stored_record(ScreeningProgress, counts | {"survivors": earlier["survivors"]})
        folder.begin(overwrite=overwrite)
        record = request.as_mapping() | {"versions": versions_of(VERSIONS_OF), "workers": workers, "status": "running"}
        folder.write_record(record)
        start = time.perf_counter()
        done = _screened_with_journal(
            request.recipe, folder, list(numbered_entries(crystals, request.orderings)), workers, watch
        )
        order = rank_results(done, request.recipe)
        folder.finish(request.recipe, order)
        survivors = sum(one.passed for one in order)
        record |= {"status": "complete", "crystals": len(order), "survivors": survivors}
        record |= {"seconds_of_last_session": round(time.perf_counter() - start, 2)}
        record |= {"checks": step_counts(order, request.recipe)}
        remarked = sum(1 for one in order if one.crystal is not None and one.crystal.remarks)
        record |= {"reading": reading_notes(remarked, crystals.not_read), "not_read": list(crystals.not_read)}
        write_report(path / REPORT, report_data(order, request.recipe, record))
        folder.write_record(record)
        folder.journal.remove()
    return ScreeningProgress(len(order), len(order), survivors)


def _screened_with_journal(
    recipe: Recipe, folder: ScreenFolder, entries: Sequence[Entry], workers: int, watch: Watch
) -> list[ScreeningResult]:
    """All results: those in the journal, and new ones, which are added to journal and table as they are finished."""
    done, uniqueness = _journaled(folder, entries)
    progress = ScreeningProgress(len(entries), len(done), sum(one.passed for one in done))
    watch(progress)
    folder.restart(recipe, done)
    fresh: dict[int, bool | None] = {}

    def left() -> Iterator[Entry]:
        for entry in with_uniqueness(entries, recipe, uniqueness):
            fresh[entry.place] = None if entry.unique is None else bool(entry.unique.passed)
            yield entry

    for one in screened(left(), recipe.of_all, workers) if len(done) < len(entries) else ():
        digest = entries[one.place].digest
        record = {"digest": digest, "unique": fresh.pop(one.place), "screened": one.as_mapping()}
        folder.journal.write(one.place, record)
        folder.append(recipe, one)
        done.append(one)
        progress += one
        watch(progress)
    whole = {one.place: one for one in done}
    for one in second_pass(done, recipe, workers):
        with folder.journal.reading(one.place) as record:
            folder.journal.write(one.place, {**record, "screened": one.as_mapping()})
        whole[one.place] = one
    return list(whole.values())


def _journaled(folder: ScreenFolder, entries: Sequence[Entry]) -> tuple[list[ScreeningResult], dict[int, bool | None]]:
    """The results in the journal, and by place whether they were unique (None: not recorded).

    Raises ``UserError`` where they belong to other crystals.
    """
    done, uniqueness = [], {}
    for place in folder.journal.numbers():
        with folder.journal.reading(place) as record:
            if place >= len(entries) or record["digest"] != entries[place].digest:
                raise UserError(f"the input has changed since the run in {folder.path} began: give another -o.")
            done.append(ScreeningResult.from_mapping(record["screened"]))
            uniqueness[place] = record.get("unique")
    return done, uniqueness
