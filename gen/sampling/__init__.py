"""Both models together: from seeds and constraints to candidate crystals."""

STEPS = 52  # default number of evaluations of the geometry network for one crystal
