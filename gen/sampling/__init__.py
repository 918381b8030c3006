"""Both models together: from seeds and constraints to candidate crystals."""
