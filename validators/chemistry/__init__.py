"""Checks of composition and bonding.

checks    charge, mobile_ion, toxicity, cost, insulation (``band_gap``), fragments
methods   oxidation states, molecules of a crystal, their valences, families of anions, SMACT's validity
"""
