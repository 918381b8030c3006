"""The skeleton model: p(space group, Wyckoff positions and elements | given composition and targets)."""
