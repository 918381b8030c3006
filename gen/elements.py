"""Which elements the networks know."""

MAX_ELEMENT = 100  # highest atomic number, fermium; row 0 of every table by element is empty
