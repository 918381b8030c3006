"""electrolith: inverse design of solid electrolytes and electrode coatings."""
