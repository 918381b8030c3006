"""Checks of Li⁺ transport: barrier, conductivity and diffusivity."""
