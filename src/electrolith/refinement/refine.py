"""One round of self-training: propose, relax, verify, retrain. Each stage continues where a stopped run left it.

folder       stage                                                         command that does the same
candidates   proposals of the models                                       ``electrolith generate``
verified     relaxed by a potential; near the hull, new and distinct       ``electrolith screen``
training     the labelled crystals, and the trainings of both models       ``electrolith train``
weights      the checkpoint: retrained models, surrogates, lineage
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..gen.atomic import atomic_path
from ..gen.custom_properties import properties_in
from ..gen.data.dataset import OrbitDataset
from ..gen.errors import UserError
from ..gen.properties import SHIPPED
from ..gen.weight_folders import folder_of
from ..generation.generation_run import run
from ..generation.run_files import RUN
from ..io.output_folder import held_folder
from ..io.yaml_files import read_yaml
from ..screening.screen_folder import RECORD as SCREENED
from ..screening.screening_request import ScreeningRequest
from ..screening.screening_run import screen_to_folder
from ..validators.relaxation.potentials import calculator
from ..validators.thermodynamics.formation_energy import references
from .refine_settings import RefineSettings
from .retraining import assemble, retrain, shares_of, training_set, training_settings
from .round_record import CANDIDATES, KIND, TRAINING, VERIFIED, WEIGHTS, begin_record, write_lineage, write_record
from .verification import verification_recipe, verified_crystals

LABELS = "labels.npz"
FEWEST = 10  # verified crystals from which the models learn

Watch = Callable[[str, Any], None]  # the name of a stage, and its progress or a sentence


@dataclass(frozen=True)
class Refined:
    """A finished round: numbers of crystals ``proposed`` and ``verified``, and the folder of the new ``weights``."""

    proposed: int
    verified: int
    weights: Path | None


def refine(
    settings: RefineSettings, out: Path, *, resume: bool = False, workers: int = 1, watch: Watch = lambda *_: None
) -> Refined:
    """Does a round in the folder ``out``.

    Raises ``UserError`` for a folder that holds another round, for a potential that is not installed or has no zeros,
    for a checkpoint with custom properties, and if too few crystals are verified to learn from.
    """
    proposals = settings.proposals
    source = folder_of(proposals.run.checkpoint)
    if properties_in(source) != SHIPPED:
        raise UserError(f"{source} knows custom properties, which a round of self-training would forget.")
    calculator(settings.potential)
    references(settings.potential)  # raises before anything is drawn
    with held_folder(out, KIND, [source]):
        begin_record(settings, source, out, resume)
        made = run(
            proposals, out / CANDIDATES, resume=(out / CANDIDATES / RUN).exists(), watch=lambda p: watch(CANDIDATES, p)
        )
        _verify(settings, out, workers, watch)
        verified = verified_crystals(out / VERIFIED)
        outcome = {"proposed": made.generated, "verified": len(verified)}
        if settings.steps and len(verified) < FEWEST:
            raise UserError(
                f"{len(verified)} of {made.generated} proposals are verified, fewer than {FEWEST}: raise -n or --limit."
            )
        if settings.steps:
            outcome |= _retrained(settings, source, verified, out, watch)
        write_record(settings, source, out, outcome | {"status": "complete"})
    return Refined(made.generated, len(verified), out / WEIGHTS if settings.steps else None)


def _verify(settings: RefineSettings, out: Path, workers: int, watch: Watch) -> None:
    """Screens the proposals, unless that is done: the folder may have been moved since."""
    record = out / VERIFIED / SCREENED
    if record.exists() and read_yaml(record).get("status") == "complete":
        return
    request = ScreeningRequest((str(out / CANDIDATES),), verification_recipe(settings.potential, settings.limit))
    resume = record.exists()
    screen_to_folder(request, out / VERIFIED, workers=workers, resume=resume, watch=lambda p: watch(VERIFIED, p))


def _retrained(
    settings: RefineSettings, source: Path, verified: OrbitDataset, out: Path, watch: Watch
) -> dict[str, Any]:
    """Both models trained and the checkpoint made; what the record says of it."""
    labels = out / TRAINING / LABELS
    labels.parent.mkdir(exist_ok=True)
    if not labels.exists():
        watch(TRAINING, "labels")
        with atomic_path(labels) as part, part.open("wb") as file:
            training_set(verified, settings.share).save(file)
    trained = []
    for model, training in training_settings(source, labels, settings.steps).items():
        watch(TRAINING, model)
        trained.append(retrain(training, out / TRAINING / model))
    assemble(source, trained, out / WEIGHTS)
    outcome: dict[str, Any] = shares_of(OrbitDataset.load(labels), verified)
    write_lineage(settings, source, out, outcome)
    return outcome
