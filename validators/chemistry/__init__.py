"""Checks of composition: charges, molecules, lithium, toxicity, cost and band gap."""
