"""Robustness, part ``kills``."""

from __future__ import annotations

import argparse

from figures import Figure


def figures(args: argparse.Namespace) -> list[Figure]:
    """The figures of this part."""
    return []
