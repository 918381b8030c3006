"""The process that reads the files for ``limited_reading``, and ends where a file breaks its limits."""

from __future__ import annotations

import os
import signal
from functools import partial
from multiprocessing.connection import Connection

from ..gen.errors import UserError
from ..gen.reading.cif_reader import Unreadable, crystals_of_cif
from ..gen.reading.opened_input import Place, open_input
from ..parallel.process_watch import end_with_parent
from .reading_limits import Guard
from .reading_request import START, Position, Request

SMALLEST = """data_Po
_cell_length_a 3.35
_cell_length_b 3.35
_cell_length_c 3.35
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_atom_site_label
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
Po 0 0 0
"""


def serve(descriptor: int, parent: int, at_once: bool) -> None:
    """Answers requests from the other end of a connection until it is closed.

    message                    meaning
    ("start", position, name,  it is read next; ``source`` of its entry
              source)
    ("opened", path, names)    the input is open; names of files in it that are not read
    ("refused", error)         the only input is the user's mistake
    ("entry", entry)           a crystal, or an unreadable entry
    ("fault", reason)          the reader itself failed
    ("done",)                  all is read
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends its readers
    end_with_parent(parent, at_once)
    list(crystals_of_cif(SMALLEST, "warm-up"))  # imports libraries, which counts for no entry
    guard = Guard()
    with Connection(descriptor) as connection:
        while True:
            try:
                request = connection.recv()
            except EOFError:
                return
            try:
                _answer(request, connection, guard)
            except (BrokenPipeError, ConnectionResetError):
                return
            except Exception as error:  # noqa: BLE001  the parent goes on behind this entry with another reader
                connection.send(("fault", f"the reader failed: {type(error).__name__}: {str(error)[:200]}"))
                return
            guard.rest()


def _answer(request: Request, connection: Connection, guard: Guard) -> None:
    os.chdir(request.folder)  # of the other process, which may have changed it
    guard.limit(request.limits)

    def start(number: int, place: Place | None, name: str, source: str) -> None:
        guard.begin()
        connection.send(("start", Position(number, place), name, source))

    for number, path in enumerate(request.paths):
        if number < request.after.path:
            continue
        start(number, None, path.stem, str(path))
        try:
            opened = open_input(path)
        except UserError as error:
            if len(request.paths) == 1:
                connection.send(("refused", error))
                return
            connection.send(("entry", Unreadable(path.stem, str(error), str(path))))
            continue
        connection.send(("opened", number, opened.not_read))
        after = request.after.place if number == request.after.path else None
        for entry in opened.entries(after or START, partial(start, number)):
            connection.send(("entry", entry))
            guard.begin()
    connection.send(("done",))
