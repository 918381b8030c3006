"""Recipes of checks: reading them, the options of checks, and what they ask of a composition."""
