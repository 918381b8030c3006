"""Predicted properties of any crystals, and custom properties from a table."""
