"""Other names of properties: those that MatterGen's users know."""

from __future__ import annotations

ALIASES = {
    "dft_bulk_modulus": "bulk_modulus",
    "ml_bulk_modulus": "bulk_modulus",
    "dft_shear_modulus": "shear_modulus",
    "dft_band_gap": "band_gap",
}


def own_name(name: str) -> str:
    """The name that we use for a target."""
    return ALIASES.get(name, name)
