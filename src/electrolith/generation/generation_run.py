"""A run: from settings to a folder of crystals. It can be killed at any time and resumed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ..gen.stored_records import AGAIN, reading_back
from ..gen.threads import one_thread
from ..gen.weight_folders import folder_of
from ..io.output_folder import claimed_folder
from ..parallel.cores import cores
from .cell_size_check import check_cell_size, most_atoms_of
from .cif_header import cif_header
from .composition_check import check_compositions
from .generator import Generator
from .relax_candidates import load_relaxation
from .run_files import KIND
from .run_folder import RunFolder
from .run_progress import RunProgress
from .run_record import check_same_run, finished_record, input_hashes, new_record, progress_of, weight_hashes
from .run_tables import Tables
from .settings import Settings
from .stopping import RunFilter


def run(
    settings: Settings,
    path: Path,
    *,
    resume: bool = False,
    overwrite: bool = False,
    generator: Generator | None = None,
    inputs: Sequence[Path] = (),
    watch: Callable[[RunProgress], None] = lambda _: None,
) -> RunProgress:
    """Generates the crystals of ``settings`` in the folder ``path``; calls ``watch`` after every batch.

    ``inputs`` are files that the settings came from: they and the checkpoint must not lie in the folder. Raises
    ``UserError`` for a folder in use and for settings that differ from those of the run to resume, and
    ``ElectrolithError`` for faults of the disk; finished batches stay. torch uses one thread meanwhile: the processes
    share the cores, and no sum depends on the number of cores.
    """
    folder = RunFolder(path)
    inputs = (*inputs, *settings.options.files)
    if generator is None:
        inputs = (*inputs, folder_of(settings.run.checkpoint))
    with claimed_folder(path, KIND, inputs, resume=resume, overwrite=overwrite), one_thread("cpu"):
        generator = generator or Generator.from_pretrained(settings.run.checkpoint, settings.run.device)
        settings = settings.resolved(generator.device, cores())
        generator.refuse_unknown(settings.targets)
        check_cell_size(settings.targets, most_atoms_of(generator.sampler), settings.options)
        if settings.options.relax:
            load_relaxation()  # raises before any file is touched
        n_batches = len(settings.partition.batches)  # raises before any file is touched
        weights = weight_hashes(generator)
        files = weights | input_hashes(settings)
        record = new_record(settings, files)
        earlier = folder.read_record() if resume else None
        if earlier:
            check_same_run(settings, files, earlier, folder.record_file)
            if earlier.get("status") == "complete":
                folder.journal.remove()  # left by a run that was killed in its last step
                with reading_back(folder.record_file):
                    return progress_of(earlier)
        if not earlier:
            check_compositions(generator.sampler, settings.targets, settings.options)
        folder.begin(overwrite=overwrite)
        folder.write_record(record)
        header = partial(cif_header, settings=settings, weights=weights)
        tables = Tables(folder, settings.targets.property_targets, header, settings.options.relax, settings.ranked)
        progress = _generate(settings, generator, folder, tables, watch)
        stopped = progress.keep and not progress.missing
        assert stopped or len(folder.journal) == n_batches, "a batch is missing"
        tables.finish()
        folder.write_record(finished_record(record, progress))
        folder.journal.remove()
    return progress


def _generate(
    settings: Settings, generator: Generator, folder: RunFolder, tables: Tables, watch: Callable[[RunProgress], None]
) -> RunProgress:
    """The batches that the journal lacks, each written to the journal first and then to the tables."""
    keep = settings.options.keep
    progress = RunProgress(keep or settings.partition.count, keep=keep > 0)
    run_filter = RunFilter(keep)
    done = len(folder.journal)
    with_rows = tables.restart(done)
    for place, batch in enumerate(folder.journal):
        with reading_back(folder.journal.records.file(place), AGAIN):
            if batch.index != settings.partition.batches[place]:
                raise ValueError(f"it is batch {batch.index} of another run")
            tables.restore(batch, rows=place >= with_rows)
        run_filter.remember(batch)
        progress += batch
    watch(progress)
    fresh = generator.batches(settings, skip=done)
    for place, batch in enumerate(run_filter.apply(fresh), start=done):
        folder.journal.append(place, batch, tables.sizes())
        tables.append(batch)
        progress += batch
        watch(progress)
    return progress
