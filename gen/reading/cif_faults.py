"""The fault of a CIF block: the reason why it is not read."""

from __future__ import annotations


class CifFault(ValueError):
    """A block cannot be read as the crystal that it states; the message is the reason, in one line."""
