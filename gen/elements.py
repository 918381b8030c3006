"""Atomic numbers: the heaviest element of the networks, and the mobile ion of the package."""

MAX_ELEMENT = 100  # highest atomic number, fermium; row 0 of every table by element is empty
LITHIUM = 3
