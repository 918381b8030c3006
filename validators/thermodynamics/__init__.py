"""Checks against known compounds: stability, electrochemical window, interface reactions."""
