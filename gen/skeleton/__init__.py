"""The skeleton model: p(space group, Wyckoff positions and elements | what is known and asked)."""
