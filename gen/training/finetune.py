"""One's own property, from a user's table to a checkpoint that everything else takes.

step        gives                                                             takes of a core
rows        orbits of the user's crystals                                      seconds
surrogates  readouts of the new properties, checked on compositions left
            out, and what they say of the reference set                        a minute
skeleton    the model of composition and symmetry, which leans towards
            what it is asked for                                               minutes
checkpoint  the folder; the geometry model is copied, as guidance and choice
            act on skeletons                                                   a second

What a step gives lies in the folder ``.finetune`` until the checkpoint is whole: a killed run goes on with the next.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import yaml

from ..custom_properties import NAME as PROPERTIES
from ..custom_properties import properties_in, write_custom
from ..data.build_dataset import LeftOut, write_reasons
from ..data.dataset import SPLITS, OrbitDataset
from ..data.property_table import PropertyTable, read_property_table
from ..elements import MAX_ELEMENT
from ..errors import UserError
from ..properties import SHIPPED, Property, PropertySet
from ..skeleton.skeleton_network import SkeletonSize
from ..surrogate.model_card import NAME as SURROGATES
from ..surrogate.model_card import Known, load_card
from ..surrogate.orbit_surrogate import NAME as ON_ORBITS
from ..surrogate.structure_surrogate import FILES, folder_in_use
from ..threads import cpu_threads
from ..weight_files import HASHES, MODELS, folder_of, load_weights, save_weights, sha256
from .finetune_skeleton import SkeletonFinetuning, StepReporter, with_new_columns
from .finetune_surrogates import EXAMPLES, taught
from .fitting import fit
from .model_settings import SkeletonSettings
from .precision import quicker_precision
from .property_scale import Wanted, scaled

COMPLETE = "complete"
WORK, CARD, LEFT_OUT = ".finetune", "card.yaml", "rows-left-out.csv"
OURS = (CARD, LEFT_OUT, PROPERTIES, SURROGATES, ON_ORBITS, HASHES, *MODELS)  # and the crystal surrogate's
LABELS, TRAINED = "labels.npz", "skeleton"
BATCH, LARGE = 1600, 20  # tokens in a batch; crystals with more atoms come every second epoch
Watch = Callable[[str, int, int], None]


@dataclass(frozen=True)
class FinetuneSettings:
    """One fine-tuning.

    symbol      meaning
    data        a CSV with a ``cif`` column
    properties  columns of it to learn, and what is decided of them
    checkpoint  name or folder of the weights to start from
    steps       of the optimiser for the skeleton model; 0: only the surrogates learn
    reference   crystals of the reference set that the skeleton model learns from; 0: all
    seed        of every draw
    threads     of a CPU        (not part of what a run is)
    """

    data: str
    properties: tuple[Wanted, ...]
    checkpoint: str = "default"
    steps: int = 1000
    reference: int = 0
    seed: int = 0
    threads: int = 1

    def as_mapping(self) -> dict[str, Any]:
        """What a run is, with the hash of the table."""
        properties = [{k: v for k, v in asdict(p).items() if v is not None} for p in self.properties]
        values = asdict(self) | {"properties": properties, "data_sha256": sha256(Path(self.data))}
        return {name: value for name, value in values.items() if name != "threads"}


@dataclass(frozen=True)
class Finetuned:
    """What a fine-tuning gave: a checkpoint in ``folder``.

    symbol    meaning
    own       the new properties
    known     what is known of their predictions, by name
    guess     error of the mean as a guess, by name, in the unit of the prediction's
    upper     where the upper quarter of the rows lies, but for the highest, by name
    used      rows used
    empty     rows without a value
    left_out  rows that could not be used, and why
    """

    folder: Path
    own: tuple[Property, ...]
    known: Mapping[str, Known]
    guess: Mapping[str, float]
    upper: Mapping[str, tuple[float, float]]
    used: int
    empty: int
    left_out: tuple[LeftOut, ...]


def finetune(
    settings: FinetuneSettings, out: Path, watch: Watch = lambda *_: None, overwrite: bool = False
) -> Finetuned:
    """Makes the checkpoint ``out``, going on with what earlier runs have left in it; ``watch`` hears of every step.

    With ``overwrite`` that is deleted first, once the table is known to be good.

    Raises ``UserError`` for a table that cannot be learnt from, and for a run of other settings in the folder.
    """
    names = [wanted.name for wanted in settings.properties]
    source, work = folder_of(settings.checkpoint), out / WORK
    before = properties_in(source)
    if taken := sorted(set(names) & set(before.names)):
        raise UserError(
            f"the checkpoint {settings.checkpoint} knows {taken[0]} already: give the new one another name."
        )
    rows = read_property_table(Path(settings.data), names, MAX_ELEMENT, lambda done, of: watch("reading", done, of))
    record = {"settings": settings.as_mapping(), "start": _hashes(source)}
    status = "" if overwrite else _status(record, out / CARD)
    own = tuple(scaled(w, rows.values[:, k], rows.groups) for k, w in enumerate(settings.properties))
    properties = before.extended(own)
    if status == COMPLETE:
        return _found(out, own, rows)
    if overwrite:
        _clear(out)
    work.mkdir(parents=True, exist_ok=True)
    _write_yaml(out / CARD, record | {"status": "running"})
    write_reasons(rows.left_out, out / LEFT_OUT)
    begin = time.monotonic()
    labels = _labels(settings, source, work, rows, own, properties, watch)
    trained, losses = _skeleton(settings, source, work, labels, properties, len(own), watch)
    write_custom(out, properties[len(SHIPPED) :])
    for path in (*sorted(work.glob(FILES)), work / ON_ORBITS, work / SURROGATES, trained, source / MODELS[1]):
        shutil.copyfile(path, out / path.name)
    weights = sorted(file for file in out.glob("*.safetensors"))
    (out / HASHES).write_text("".join(f"{sha256(file)}  {file.name}\n" for file in weights))
    found = _found(out, own, rows)
    result = {
        "rows": {"used": len(rows.data), "without_a_value": rows.empty, "left_out": len(rows.left_out)},
        "error_and_rank_on_compositions_left_out": {n: [k.error, k.rank] for n, k in found.known.items()},
        "crystals_trained_on": len(labels),
        "losses_in_nats": losses,
        "seconds_of_the_last_run": round(time.monotonic() - begin, 1),
        "status": COMPLETE,
    }
    _write_yaml(out / CARD, record | result)
    shutil.rmtree(work)
    return found


def _found(out: Path, own: tuple[Property, ...], rows: PropertyTable) -> Finetuned:
    """What a whole checkpoint is worth."""
    card = load_card(out)
    assert card is not None, "a checkpoint has one"
    known = {p.name: card.known[p.name] for p in own}
    guess, upper = {}, {}
    for k, p in enumerate(own):
        given = rows.values[np.isfinite(rows.values[:, k]), k]
        seen = p.normalise(given) * p.width
        guess[p.name] = float(np.abs(seen - seen.mean()).mean())
        low, high = np.quantile(given, [0.75, 0.95])
        upper[p.name] = float(low), float(high)
    return Finetuned(out, own, known, guess, upper, len(rows.data), rows.empty, rows.left_out)


def _labels(
    settings: FinetuneSettings, source: Path, work: Path, rows: PropertyTable, own: tuple[Property, ...],
    properties: PropertySet, watch: Watch,
) -> OrbitDataset:  # fmt: skip
    """The labelled crystals for the skeleton model; the taught surrogates then lie in ``work``."""
    path = work / LABELS
    if not path.exists():
        limit = settings.reference or (EXAMPLES if not settings.steps else 0)
        with cpu_threads(settings.threads):
            labels = taught(
                folder_in_use(source), work, rows, own, properties, limit, settings.seed,
                lambda done, of: watch("predicting known crystals", done, of),
            )  # fmt: skip
        labels.save(work / f"part-{LABELS}")
        (work / f"part-{LABELS}").replace(path)
    return OrbitDataset.load(path).with_columns(properties.names)


def _skeleton(
    settings: FinetuneSettings, source: Path, work: Path, labels: OrbitDataset, properties: PropertySet, new: int,
    watch: Watch,
) -> tuple[Path, dict[str, float]]:  # fmt: skip
    """The weight file of the trained skeleton model, and its losses in nats, with the properties told and untold."""
    state, size = load_weights(source / MODELS[0])
    target = work / MODELS[0]
    if not settings.steps:
        wider = with_new_columns(state["target.weight"], new)
        save_weights(state | {"target.weight": wider}, target, size, properties.names)
        return target, {}
    lightning.seed_everything(settings.seed, verbose=False)
    train, val = (labels.take(labels.split == SPLITS.index(name)) for name in ("train", "val"))
    schedule = training_settings(settings, size)
    module = SkeletonFinetuning(schedule, train, val, state, properties, new)
    watching = [StepReporter(lambda done, of: watch("training", done, of), settings.steps)]
    with cpu_threads(settings.threads):
        trainer = fit(module, schedule, work / TRAINED, True, "cpu", watching)
    save_weights(module.model, target, size, properties.names)
    return target, {k: round(float(v), 4) for k, v in trainer.callback_metrics.items() if k.endswith("loss")}


def training_settings(settings: FinetuneSettings, size: Mapping[str, int]) -> SkeletonSettings:
    """How the skeleton model is trained on: gently, so that it keeps what it knows."""
    steps = settings.steps
    return SkeletonSettings(
        steps=steps, warmup=max(1, steps // 20), decay=max(1, steps // 2), learning_rate=2e-4,
        weight_decay=0.05, gradient_clip=1.0, ema=0.99, batch=BATCH, validate_every=max(1, min(250, steps)),
        size=SkeletonSize(**size), large=LARGE, large_every=2, dropout=0.12, seed=settings.seed,
        threads=settings.threads, precision=quicker_precision(),
    )  # fmt: skip


def _status(record: Mapping[str, Any], path: Path) -> str:
    """How far the run in the folder has come; raises ``UserError`` where it is one of other settings."""
    if not path.exists():
        return ""
    earlier = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    mine, theirs = record["settings"], earlier.get("settings", {})
    differing = [
        f"{name}: {theirs.get(name)}, now {value}" for name, value in mine.items() if theirs.get(name) != value
    ]
    if earlier.get("start") != record["start"]:
        differing.append("other weights to start from")
    if differing:
        raise UserError(f"--resume needs the run's own settings; these differ: {'; '.join(differing)}.")
    return str(earlier.get("status", ""))


def _clear(out: Path) -> None:
    """Deletes what is ours in a folder, and nothing else."""
    shutil.rmtree(out / WORK, ignore_errors=True)
    for path in (*(out / name for name in OURS), *out.glob(FILES)):
        path.unlink(missing_ok=True)


def _hashes(folder: Path) -> dict[str, str]:
    return {file.name: sha256(file) for file in sorted(folder.glob("*.safetensors"))}


def _write_yaml(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")
