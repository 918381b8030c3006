"""Both models together: from seeds and constraints to candidate crystals."""

STEPS = 50  # network evaluations of the geometry model for one crystal, unless told
