"""Relaxation with machine-learned potentials."""
