"""Scripts of the repository, each in a process forked from one that has imported everything, which saves its start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from paths import ROOT


@dataclass(frozen=True)
class ScriptServer:
    """The process that forks itself for each script."""

    process: subprocess.Popen[str]

    def output(self, script: Path, folder: Path, log: Path, *words: object) -> str:
        """What a script prints in a working folder; it must end with exit code 0. ``log`` is a file for the output."""
        request = {"script": str(script), "words": [*map(str, words)], "folder": str(folder), "log": str(log)}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        code = self.process.stdout.readline()
        text = log.read_text(encoding="utf-8") if log.exists() else "the server has ended"
        assert code == "0\n", text
        return text


@contextmanager
def script_server() -> Iterator[ScriptServer]:
    """The server; it ends with the context."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    environment["MPLBACKEND"] = "agg"
    command = [sys.executable, str(ROOT / "benchmarks" / "forked_scripts.py")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:
        yield ScriptServer(process)
