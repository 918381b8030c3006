"""Checks of geometry and symmetry, and the comparison of structures.

checks    finite, structure (``plausible``), distances, volume, symmetry, unique, novel
methods   neighbours over periodic images, matching of structures, displacement in a relaxation, atomic volumes
"""
