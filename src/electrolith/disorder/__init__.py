"""Disordered crystals: ordered models of them, doping, and exchange of ions.

``order`` makes ordered models of a crystal with partial occupancies, ``neutral_composition`` is for checks that need
no model. The functions that end in ``on_terminal`` are the work behind the commands ``order``, ``dope`` and
``variants``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .changes_on_terminal import dope_on_terminal, variants_on_terminal
    from .checked_composition import neutral_composition
    from .models_on_terminal import order_on_terminal
    from .ordering_ranks import static_energies
    from .orderings import order

__all__ = [
    "dope_on_terminal", "neutral_composition", "order", "order_on_terminal", "static_energies", "variants_on_terminal",
]  # fmt: skip

_MODULE = {
    "dope_on_terminal": "changes_on_terminal", "variants_on_terminal": "changes_on_terminal",
    "neutral_composition": "checked_composition", "order": "orderings", "order_on_terminal": "models_on_terminal",
    "static_energies": "ordering_ranks",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Imports on first use: the surrogate needs torch, for which a usage error does not wait."""
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_MODULE[name]}", __name__), name)
