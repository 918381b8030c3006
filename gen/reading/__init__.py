"""Crystals from files: CIF, extended XYZ, tables, folders and archives."""
