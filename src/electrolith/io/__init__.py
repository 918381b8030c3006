"""Files: atomic writes, output folders, CIF, CSV and YAML."""
