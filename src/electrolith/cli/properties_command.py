"""``electrolith properties``: the properties that can be targets."""

from __future__ import annotations

from typing import Annotated

import typer

from .error_reports import reports_errors


@reports_errors
def properties(
    checkpoint: Annotated[
        str,
        typer.Option(help="Name or folder of the weights, e.g. one from electrolith finetune.", metavar="NAME|FOLDER"),
    ] = "default",
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the properties that can be targets, with unit, range in training, labels, and error on held-out crystals."""
    from ..prediction.property_list import print_properties  # heavy: keeps --help quick

    print_properties(json, checkpoint)
