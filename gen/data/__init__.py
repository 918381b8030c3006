"""Crystals as flat arrays; the reference set and the hull that ship with the package."""
