"""``electrolith check``: one check alone, on crystals or formulas."""

from __future__ import annotations

from typing import Annotated

import typer

from .error_reports import reports_errors


@reports_errors
def check(
    name: Annotated[str | None, typer.Argument(help="The check, e.g. window; none: lists them.")] = None,
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH…", help="Files and folders of crystals; for some checks formulas, too: LiF."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="OPTION=VALUE", help="An option of the check, as often as you like."),
    ] = None,
    limit: Annotated[int | None, typer.Option(help="The first so many crystals only.", show_default=False)] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    list_all: Annotated[bool, typer.Option("--list", help="List the checks, their questions and options.")] = False,
) -> None:
    """Ask one question about crystals or formulas, and print the verdicts with their reasons.

    electrolith check window LiF Li6PS5Cl --set oxidation_at_least=4
    """
    from ..gen.errors import UserError
    from ..screening.screen_display import print_checks, print_json, print_verdicts
    from ..screening.single_check import ask_alone, listed

    if list_all or name is None:
        print_checks(listed())
        return
    if not targets:
        raise UserError(f"Of what? Give check {name} files, folders, or, for some checks, formulas.")
    answers = ask_alone(name, targets, settings or [], limit)
    if json:
        print_json(answers)
    else:
        print_verdicts(answers)
