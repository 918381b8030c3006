"""Self-training: crystals that the models propose and a potential confirms become training data of the models."""
