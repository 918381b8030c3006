"""Fine-tuning on custom properties: from a user's table to a checkpoint that every command takes.

stage       result                                                            time on a core
rows        orbits of the user's crystals                                      seconds
surrogates  readouts of the new properties, tested on compositions left
            out, and their predictions for the reference set                   a minute
skeleton    the skeleton model, steered by the new properties                  minutes
checkpoint  the folder; the geometry model is copied: guidance and selection
            act on skeletons                                                   a second

Results of the stages lie in the folder ``.finetune`` until the checkpoint is complete: a killed run continues with the
next stage.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from ..callbacks import StageCallback
from ..custom_properties import properties_in
from ..data.dataset import OrbitDataset
from ..data.left_out import write_reasons
from ..data.property_columns import require_columns
from ..data.property_table import PropertyTable, ReadRows, read_property_table
from ..elements import MAX_ELEMENT
from ..errors import UserError
from ..properties import SHIPPED, Property, PropertySet
from ..reading.read_crystals import read_crystals
from ..stored_records import AGAIN, reading_back
from ..surrogate.structure_surrogate import folder_in_use
from ..threads import cpu_threads
from ..weight_folders import folder_of
from .finetune_checkpoint import (
    COMPLETE,
    LEFT_OUT,
    WORK,
    FinetuneResult,
    clear_checkpoint,
    copy_checkpoint,
    finetune_result,
    run_record,
    run_status,
    write_card,
)  # fmt: skip
from .finetune_settings import FinetuneSettings
from .finetune_skeleton import finetune_skeleton
from .finetune_surrogates import finetune_surrogates
from .property_scale import scaled_property
from .training_card import CARD

LABELS = "labels.npz"


def finetune(
    settings: FinetuneSettings,
    out: Path,
    watch: StageCallback = lambda *_: None,
    overwrite: bool = False,
    read: ReadRows = read_crystals,
) -> FinetuneResult:
    """Makes the checkpoint ``out``, or continues an earlier run in it; ``watch`` is called after every step.

    With ``overwrite`` an earlier checkpoint is deleted first, once the table has been read. ``read`` gives the crystal
    of each row of the table.

    Raises ``UserError`` for a table without enough rows, and for a run of other settings in the folder.
    """
    names = [request.name for request in settings.properties]
    source, work = folder_of(settings.checkpoint), out / WORK
    before = properties_in(source)
    if taken := sorted(set(names) & set(before.names)):
        raise UserError(
            f"the checkpoint {settings.checkpoint} knows {taken[0]} already: give the new one another name."
        )
    require_columns(Path(settings.data), names)
    record = run_record(settings, source)
    status = "" if overwrite else run_status(settings, record, out / CARD)
    rows = read_property_table(
        Path(settings.data), names, MAX_ELEMENT, lambda done, of: watch("reading", done, of), read
    )
    custom = tuple(
        scaled_property(request, rows.values[:, k], rows.groups) for k, request in enumerate(settings.properties)
    )
    properties = before.extended(custom)
    if status == COMPLETE:
        shutil.rmtree(work, ignore_errors=True)  # of a run that was killed in its last step
        return finetune_result(out, custom, rows)
    if overwrite:
        clear_checkpoint(out)
    work.mkdir(parents=True, exist_ok=True)
    write_card(out / CARD, record | {"status": "running"})
    write_reasons(rows.left_out, out / LEFT_OUT)
    begin = time.monotonic()
    labels = _labels(settings, source, work, rows, custom, properties, watch)
    losses = finetune_skeleton(settings, source, work, labels, properties, len(custom), watch)
    copy_checkpoint(work, source, out, properties[len(SHIPPED) :])
    result = finetune_result(out, custom, rows)
    summary = {
        "rows": {"used": len(rows.data), "without_a_value": rows.empty, "left_out": len(rows.left_out)},
        "error_and_rank_on_compositions_left_out": {n: [k.error, k.rank] for n, k in result.known.items()},
        "crystals_trained_on": len(labels),
        "losses_in_nats": losses,
        "seconds_of_the_last_run": round(time.monotonic() - begin, 1),
        "status": COMPLETE,
    }
    write_card(out / CARD, record | summary)
    shutil.rmtree(work)
    return result


def _labels(
    settings: FinetuneSettings, source: Path, work: Path, rows: PropertyTable, custom: tuple[Property, ...],
    properties: PropertySet, watch: StageCallback,
) -> OrbitDataset:  # fmt: skip
    """The labelled crystals for the skeleton model; the extended surrogates are then in ``work``."""
    path = work / LABELS
    (work / f"part-{LABELS}").unlink(missing_ok=True)
    if not path.exists():
        limit = settings.reference or (0 if settings.steps else settings.readouts.examples)
        with cpu_threads(settings.threads):
            labels = finetune_surrogates(
                folder_in_use(source), work, rows, custom, properties, settings.readouts, limit, settings.seed,
                lambda done, of: watch("predicting known crystals", done, of),
            )  # fmt: skip
        labels.save(work / f"part-{LABELS}")
        (work / f"part-{LABELS}").replace(path)
    with reading_back(path, AGAIN):
        return OrbitDataset.load(path).with_columns(properties.names)
