"""Checks of stiffness: elastic moduli and dendrites."""
