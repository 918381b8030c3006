"""Checks against the known compounds: stability, electrochemical window and reactions at interfaces.

checks    decomposition, window, interface, stability
methods   phase diagram of known compounds, custom tables of compounds, formulas and mixtures as text, formation
          energies from a potential, the corrections of MP2020
"""
