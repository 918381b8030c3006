"""Space groups, Wyckoff positions, lattices and orbits."""
