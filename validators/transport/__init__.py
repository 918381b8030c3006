"""Checks of Li⁺ transport.

checks    barrier, conductivity, diffusivity
methods   bond-valence site energy and its percolation, estimate of the conductivity from measured conductors, molecular
          dynamics in supercells and its random walks
"""
