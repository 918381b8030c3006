"""Relaxation with machine-learned potentials.

checks    relaxation (``relaxation_check``)
methods   potentials by name, energies from them, relaxation of cell and positions
"""
