"""Surrogates: fast predictions of properties with spreads, from orbits without a geometry and from whole structures."""
