"""Checks of composition and bonding.

checks    charge, lithium, toxicity, cost, insulation (``band_gap``), fragments
methods   molecules of a crystal, their valences, families of anions
"""
