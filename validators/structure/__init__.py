"""Checks of geometry and symmetry, and comparison of structures."""
