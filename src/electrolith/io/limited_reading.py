"""Crystals from files within limits of time and memory: a file that breaks them costs its own row only.

A process of its own reads the files and sends the crystals. It is started at the first reading and used again by later
ones. Where it ends, because an entry took too long or too much memory, or crashed a library, that entry is unreadable
with the reason, and another process reads on behind it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

from ..gen.errors import ElectrolithError, UserError
from ..gen.reading.cif_reader import Unreadable
from ..gen.reading.faults import numbered
from ..gen.reading.part import Entry
from ..gen.reading.path_faults import missing_path, refuse_faulty_path
from ..gen.reading.read_crystals import Reading
from .idle_readers import give_back, take_reader
from .reader_process import ReaderProcess
from .reading_limits import Limits
from .reading_request import START, Position, Request

STARTS = 3  # readers that may end before they read anything


def read_within_limits(paths: Path | Sequence[Path], limits: Limits = Limits()) -> Reading:  # noqa: B008
    """Crystals of one path, or of several after each other, each entry within limits.

    The faults of a single path are the user's mistakes: raises ``UserError`` at once, before the first crystal. Those
    of one among several are entries, unless it does not exist.
    """
    paths = [paths] if isinstance(paths, Path) else list(paths)
    if missing := next((path for path in paths if not _exists(path)), None):
        raise missing_path(missing)
    if len(paths) == 1:
        refuse_faulty_path(paths[0])  # at once: a reader takes seconds to start
    run = _LimitedRun(paths, limits)
    items = run.entries()
    if len(paths) == 1:
        next(items)  # that it is open
    return Reading((entry for entry in items if entry is not None), run.not_read)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


class _LimitedRun:
    """One reading, by one process after the other.

    symbol    meaning
    folder    working folder of this process, to which the paths refer
    after     position behind which the next process starts
    now       position of the entry that is read; None before the first message of a process
    name      name of this entry
    source    file and place of this entry
    given     number of crystals that came from it
    opened    number of the last input that has been opened
    retried   positions that were read once more, since another program had killed the process
    failures  processes in a row that ended before they read anything
    """

    def __init__(self, paths: Sequence[Path], limits: Limits) -> None:
        self.folder, self.paths, self.limits = str(Path.cwd()), paths, limits
        self.not_read: list[str] = []
        self.after = Position(0, START)
        self.name, self.source, self.given, self.opened, self.failures = "", "", 0, -1, 0
        self.now: Position | None = None
        self.retried: set[Position] = set()

    def entries(self) -> Iterator[Entry | None]:
        """The entries, and None where an input has been opened."""
        is_done = False
        while not is_done:
            reader = take_reader()
            try:
                is_done = yield from self._messages(reader)
                if not is_done:
                    yield from self._lost_entry(reader)
            except UserError:
                is_done = True
                raise
            finally:
                if is_done:
                    give_back(reader)
                else:
                    reader.end()

    def _messages(self, reader: ReaderProcess) -> Generator[Entry | None, None, bool]:
        """What the process sends, in the end whether all is read."""
        reader.send(Request(self.folder, self.paths, self.after, self.limits))
        self.now = None
        while message := reader.receive():
            match message:
                case ("start", position, name, source):
                    self.now, self.name, self.source, self.given, self.failures = position, name, source, 0, 0
                case ("entry", entry):
                    self.given += 1
                    yield entry
                case ("opened", number, names) if number > self.opened:
                    self.opened = number
                    self.not_read.extend(name for name in names if not self._is_given(number, name))
                    yield None
                case ("refused", error):
                    raise error
                case ("done",):
                    return True
        return False

    def _is_given(self, number: int, name: str) -> bool:
        """Whether a file in a folder, which is not read with it, is another of the paths."""
        place = (self.paths[number] / name).absolute()
        return any(place == path.absolute() for path in self.paths)

    def _lost_entry(self, reader: ReaderProcess) -> Iterator[Entry]:
        """The entry during which a process ended, unless it is read once more."""
        reason, now = reader.reason(self.limits), self.now
        if now is None:
            self.failures += 1
            if self.failures == STARTS:
                raise ElectrolithError(f"the process that reads files cannot start: {reason}.")
            return
        if reader.was_killed and now not in self.retried and not self.given:
            self.retried.add(now)
            self.after = now.before()
            return
        if now.place is None and len(self.paths) == 1:
            raise UserError(f"{self.paths[0]} cannot be read: {reason}.")
        self.after = now.behind()
        is_part = self.given or now.place is None or now.place.is_behind or not now.place.part
        name = f"{self.name}-{self.given + 1}" if self.given else self.name
        why = f"{reason}; the rest of it is not read" if is_part else reason
        yield Unreadable(name, why, numbered(self.source, self.given + 1))
