"""``electrolith check``: one check on crystals or formulas."""

from __future__ import annotations

from typing import Annotated

import typer

from .error_reports import reports_errors


@reports_errors
def check(
    name: Annotated[
        str | None, typer.Argument(help="Name of the check, e.g. window. Without a name: a list of all checks.")
    ] = None,
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH…", help="Files and folders of crystals; for some checks also formulas, e.g. LiF."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="OPTION=VALUE", help="An option of the check; repeatable."),
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Use only the first N crystals.", show_default=False)] = None,
    orderings: Annotated[int, typer.Option(help="Ordered models that stand for each disordered crystal.")] = 5,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    list_all: Annotated[bool, typer.Option("--list", help="List the checks, their questions and options.")] = False,
) -> None:
    """Run one check on crystals or formulas, and print the verdicts with their reasons.

    electrolith check window LiF Li6PS5Cl --set oxidation_at_least=4
    """
    from ..screening import terminal  # heavy: keeps --help quick

    if list_all or name is None:
        terminal.list_on_terminal()
    else:
        terminal.check_on_terminal(name, targets or [], settings or [], limit, json, orderings)
