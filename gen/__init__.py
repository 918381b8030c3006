"""From CIF to crystals that no one has seen: crystals, symmetry, data, the two models, training, sampling."""
