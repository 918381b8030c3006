"""Command-line options derived from the fields of typed records, so that help and defaults are written once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import Field
from typing import Annotated, Any

import typer

from ..gen.typed_records import meta_of

KINDS: dict[str, Any] = {"int": int, "float": float, "bool": bool, "str": str}


def option(
    name: str,
    kind: Any,
    help_text: str,
    panel: str | None = None,
    *,
    flags: tuple[str, ...] = (),
    metavar: str | None = None,
    default: Any = None,
) -> inspect.Parameter:
    """One option of a command; ``default``: the value if it is not given, ``...`` for a required option."""
    info = typer.Option(*flags, help=help_text, rich_help_panel=panel, metavar=metavar, show_default=False)
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if default is ... else default,
        annotation=Annotated[kind, info],
    )


def argument(name: str, kind: Any, help_text: str, metavar: str | None = None) -> inspect.Parameter:
    """One required argument of a command."""
    info = typer.Argument(help=help_text, metavar=metavar, show_default=False)
    return inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Annotated[kind, info])


def option_of_field(field: Field[Any], flags: tuple[str, ...] = ()) -> inspect.Parameter:
    """The option for a field of a record. It is None if it is not given, so that files may set it."""
    meta, kind = meta_of(field), KINDS[str(field.type).removesuffix(" | None")]
    if meta.words:  # e.g. a number or `auto`
        return option(
            field.name, str | None, _help(field), meta.panel, flags=flags, metavar="|".join(("NUMBER", *meta.words))
        )
    return option(field.name, kind | None, _help(field), meta.panel or None, flags=flags)


def with_options(parameters: Iterable[inspect.Parameter]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Decorator that adds these options to a command of the form ``command(**values)``."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        command.__signature__ = inspect.Signature(list(parameters))  # type: ignore[attr-defined]  # Typer reads it
        return command

    return decorate


def _help(field: Field[Any]) -> str:
    meta, default = meta_of(field), field.default
    word = next((word for word, value in meta.words.items() if value == default), default)
    shown = ("no", "yes")[word] if isinstance(word, bool) else f"{word:g}" if isinstance(word, float) else word
    return meta.doc if field.name == "n" else f"{meta.doc} Default: {shown}."
