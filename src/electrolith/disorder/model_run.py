"""A run of ``order``, ``dope`` or ``variants``: inputs to models in a folder, from which a killed run resumes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path

from ..gen.errors import UserError, unexpected
from ..gen.stored_records import stored_record
from ..io.limited_reading import read_within_limits
from ..io.output_folder import claimed_folder, require_claimable
from ..io.versions import versions_of
from ..parallel.crash_tolerant_pool import as_finished
from .model_folder import KIND, Made, ModelFolder
from .model_request import Item, MakeModels, ModelRequest, numbered_items

VERSIONS_OF = ("electrolith", "pymatgen", "spglib", "scipy", "numpy", "torch", "chgnet")
PATIENCE = 1800.0  # s for one crystal

Watch = Callable[[int, int], None]  # finished, all


def make_models(
    request: ModelRequest,
    job: MakeModels,
    out: Path,
    *,
    workers: int = 1,
    resume: bool = False,
    overwrite: bool = False,
    watch: Watch = lambda *_: None,
) -> list[Made]:
    """Makes the models of all inputs into the folder ``out``; ``job`` is pickled where there are workers.

    Raises ``UserError`` for a folder in use, for another request than that of the run to resume, and where the only
    input has no models.
    """
    require_claimable(out, KIND, request.paths, resume=resume, overwrite=overwrite)
    folder = ModelFolder(out)
    reading = read_within_limits([Path(path) for path in request.paths])
    items = list(numbered_items(islice(reading, request.limit)))
    with claimed_folder(out, KIND, request.paths, resume=resume, overwrite=overwrite):
        earlier = folder.read_record() if resume else None
        if earlier is not None and any(earlier.get(name) != value for name, value in request.as_mapping().items()):
            raise UserError(f"--resume needs the run's own input and options (see {KIND.record}): give another -o.")
        done = _journaled(folder, items) if resume else []
        if len(items) == 1 and not done:
            done = [_guarded(job, items[0])]
            if done[0].reason:
                raise UserError(f"{items[0].entry.source or items[0].id}: {done[0].reason}.")
        folder.begin(overwrite=overwrite)
        record = request.as_mapping() | {"versions": versions_of(VERSIONS_OF), "status": "running"}
        folder.write_record(record)
        folder.restart()
        finished = {one.place for one in done}
        left = [item for item in items if item.place not in finished]
        for made in _made(job, left, workers):
            folder.journal.write(made.place, {"digest": items[made.place].digest, "made": asdict(made)})
            done.append(made)
            watch(len(done), len(items))
        done.sort(key=lambda one: one.place)
        folder.finish(done, request.columns)
        counts = {"crystals": len(done), "models": sum(len(one.cifs) for one in done)}
        folder.write_record(record | {"status": "complete", **counts, "failed": sum(bool(one.reason) for one in done)})
        folder.journal.remove()
    return done


def _made(job: MakeModels, items: Sequence[Item], workers: int) -> Iterator[Made]:
    if workers < 2 or len(items) < 2:
        yield from (_guarded(job, item) for item in items)
        return
    yield from as_finished(partial(_Job, job), iter(items), min(workers, len(items)), _lost, PATIENCE)


def _guarded(job: MakeModels, item: Item) -> Made:
    try:
        return job(item)
    except UserError as error:
        return Made(item.place, item.id, reason=str(error).rstrip("."), source=item.entry.source)
    except Exception as error:  # noqa: BLE001  one bad crystal must never end a run
        reason = f"no models could be made: {unexpected(error, 'the search for models')}"
        return Made(item.place, item.id, reason=reason, source=item.entry.source)


class _Job:
    """The job in a worker process."""

    def __init__(self, job: MakeModels) -> None:
        self.job = job

    def __call__(self, item: Item, _note: Callable[[str], None]) -> Made:
        return _guarded(self.job, item)


def _lost(item: Item, _notes: list[str], why: str) -> Made:
    return Made(item.place, item.id, reason=f"no models could be made: {why}", source=item.entry.source)


def _journaled(folder: ModelFolder, items: Sequence[Item]) -> list[Made]:
    """The inputs that an earlier session finished. Raises ``UserError`` where they are others."""
    done = []
    for place in folder.journal.numbers():
        with folder.journal.reading(place) as record:
            if place >= len(items) or record["digest"] != items[place].digest:
                raise UserError(f"the input has changed since the run in {folder.path} began: give another -o.")
            made = record["made"]
            lists = {name: tuple(made[name]) for name in ("rows", "cifs", "remarks")}
            done.append(stored_record(Made, made | lists))
    return done
