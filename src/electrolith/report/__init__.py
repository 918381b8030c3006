"""The report page ``report.html``: one file that works offline, assembled from the parts in ``assets/``."""

from __future__ import annotations

from .write_report import write_report

__all__ = ["write_report"]
