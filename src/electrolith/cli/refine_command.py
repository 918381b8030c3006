"""``electrolith refine``: a round of self-training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .error_reports import reports_errors


@reports_errors
def refine(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the round.", show_default=False)],
    config: Annotated[
        Path | None,
        typer.Option(help="YAML settings of electrolith generate for the proposals: targets, …", show_default=False),
    ] = None,
    n: Annotated[int | None, typer.Option("-n", help="Crystals to propose (1000).", min=1, show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the proposals (0).", min=0, show_default=False)] = None,
    checkpoint: Annotated[
        str | None,
        typer.Option(help="Name or folder of the weights to start from.", metavar="NAME|FOLDER", show_default=False),
    ] = None,
    potential: Annotated[
        str | None, typer.Option(help="Potential that relaxes and judges the proposals (chgnet).", show_default=False)
    ] = None,
    limit: Annotated[
        float | None,
        typer.Option(help="Learn from crystals up to this energy above the hull, eV/atom (0.1).", show_default=False),
    ] = None,
    share: Annotated[
        float | None, typer.Option(help="Share of the training that the new crystals become (0.1).", show_default=False)
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(help="Training steps of each model (2000); 0: propose and verify.", min=0, show_default=False),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Worker processes (default: one per core).", min=1, show_default=False)
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue a stopped round.")] = False,
) -> None:
    """Propose crystals, relax and verify them with a potential, and retrain both models on those that hold.

    The potential must not be the one that judges the result later. Writes candidates/, verified/, training/ and
    weights/, a checkpoint for generate --checkpoint and for the next round; lineage.yaml there says where the weights
    come from.
    """
    from ..refinement.refine_on_terminal import refine_on_terminal  # heavy: keeps --help quick

    proposals = {"n": n, "seed": seed, "checkpoint": checkpoint, "workers": workers}
    options = {"potential": potential, "limit": limit, "share": share, "steps": steps}
    refine_on_terminal(out, config, proposals, options, resume)
