"""Training of both models with lightning."""
