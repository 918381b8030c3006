"""Crystals that meet targets: settings, candidates, acceptance, and the folder of a run."""
