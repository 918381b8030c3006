"""Other names of properties: those that MatterGen's users know."""

from __future__ import annotations

ALIASES = {
    "dft_bulk_modulus": "bulk_modulus",
    "ml_bulk_modulus": "bulk_modulus",
    "dft_shear_modulus": "shear_modulus",
    "dft_band_gap": "band_gap",
}


def canonical_name(name: str) -> str:
    """Name of a target in this package, from that name or an alias."""
    return ALIASES.get(name, name)
