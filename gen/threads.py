"""Number of CPU threads of torch, changed within a `with` block only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread(device: str) -> Iterator[None]:
    """Lets torch compute in one thread on a CPU: with batches of this size, more threads only wait for each other."""
    import torch  # here because torch takes a second to import

    before = torch.get_num_threads()
    if device == "cpu":
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def cpu_threads(number: int) -> Iterator[None]:
    """Lets torch compute in ``number`` threads."""
    import torch  # here because torch takes a second to import

    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
