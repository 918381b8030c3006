"""Disordered crystals: ordered models of them, doping, and exchange of ions.

orderings      ordered models of a crystal with partial occupancies
doping         a disordered crystal from an ordered one by substitution
variants       crystals with other ions on the same sites
"""
