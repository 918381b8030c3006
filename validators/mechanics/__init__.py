"""Checks of elastic moduli and of dendrites.

checks    moduli, dendrites
methods   elastic tensors by finite strain, polycrystal averages, calibration of potentials, theory of dendrites, the
          bulk modulus alone
"""
