"""Fast predictions of properties from space group, Wyckoff positions and elements, before there is a geometry."""
