"""Largest primitive cells, in atoms, for which the models can be used."""

MAX_TRAINED_ATOMS = 52  # of the largest crystals in the training set
MAX_PREDICTED_ATOMS = 400  # of the largest crystals whose properties are predicted: seconds of one core
