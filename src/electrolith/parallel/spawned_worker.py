"""A spawned process that runs jobs, sends notes and results, and may die."""

from __future__ import annotations

import math
import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from ..gen.errors import ElectrolithError
from .process_watch import end_with_parent, in_main_thread

Item = TypeVar("Item")
Note = TypeVar("Note")
Result = TypeVar("Result")
Job = Callable[[Item, Callable[[Note], None]], Result]
PAUSE = 1.0  # s after a death: a parent that is killed together with its workers must not record their deaths
EXIT_TIME = 5.0  # s for an idle process to leave by itself


class SpawnedWorker(Generic[Item, Note, Result]):
    """A spawned process, the connection to it, and its current job."""

    def __init__(self, make: Callable[[], Job[Item, Note, Result]]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, far_end = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(pickle.dumps(make), far_end, os.getpid(), in_main_thread()), daemon=True
        )
        with _single_threaded():
            self.process.start()
        far_end.close()
        self.item: Any = None
        self.deaths, self.last_message, self.is_ready = 0, math.inf, False
        self.notes: list[Note] = []

    def start(self, item: Item, deaths: int) -> None:
        """Starts a job."""
        self.item, self.deaths, self.notes = item, deaths, []
        self.last_message = time.monotonic() if self.is_ready else math.inf  # the start of the process does not count
        with suppress(BrokenPipeError):  # the process has died; ``receive`` will notice
            self.connection.send(item)

    def receive(self) -> Iterator[Result]:
        """Handles the next message, and yields it if it is a result. Raises ``EOFError`` when the process is gone."""
        try:
            kind, content = self.connection.recv()
        except OSError as error:
            raise EOFError from error
        self.last_message = time.monotonic()
        if kind == "raised":
            raise content
        if kind == "ready":
            self.is_ready = True
        elif kind == "note":
            self.notes.append(content)
        else:
            self.item = None
            yield content

    def cause_of_death(self) -> str:
        """Reason why the process is gone."""
        self.process.join()
        time.sleep(PAUSE)
        code = self.process.exitcode or 0
        if code >= 0:
            return f"the process died with exit code {code}"
        memory = ", perhaps for lack of memory" if -code == signal.SIGKILL else ""
        return f"the process died by {signal.Signals(-code).name}{memory}"

    def stop(self) -> None:
        """Ends the process; an idle one may leave by itself and clean up."""
        if self.item is None:
            self.connection.close()
            self.process.join(EXIT_TIME)
        self.process.kill()
        self.process.join()
        self.connection.close()


def _serve(pickled_make: bytes, connection: Connection, parent: int, at_once: bool) -> None:
    """Loop of a worker: receives an item, sends notes and a result, until the parent ends it or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends its workers
    end_with_parent(parent, at_once)
    _silence_output()
    try:
        job = pickle.loads(pickled_make)()  # noqa: S301  from the parent; its imports take seconds in which that may end
        connection.send(("ready", None))
        while True:
            item = connection.recv()
            connection.send(("done", job(item, lambda note: connection.send(("note", note)))))
    except EOFError:
        return
    except ElectrolithError as error:
        connection.send(("raised", error))
    except Exception as error:  # noqa: BLE001  raised again in the parent
        connection.send(("raised", ElectrolithError(f"a worker process failed: {type(error).__name__}: {error}")))


def _silence_output() -> None:
    """Sends stdout and stderr to nowhere, also those of C libraries, which bypass Python."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Processes started inside compute with one thread each: small crystals gain nothing from more."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
