"""The generative models and their base: crystals, symmetry, data, the two models, training, sampling."""
