"""Benchmark scripts in processes forked from this one, which has imported everything: small ones start at once.

Reads lines of JSON from the standard input, ``{"script": name, "words": options, "log": file}``, and answers each with
the exit code of the script. Its output goes to the file.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path

from forked_commands import Command, import_all, run


def script(name: str, options: list[str]) -> Command:
    """The command ``python benchmarks/NAME.py OPTIONS``."""
    path = Path(__file__).with_name(f"{name}.py")

    def call() -> None:
        sys.argv = [str(path), *options]
        runpy.run_path(str(path), run_name="__main__")

    return call


if __name__ == "__main__":
    import_all()
    for line in sys.stdin:
        request = json.loads(line)
        print(run(script(request["script"], request["words"]), Path(request["log"])).code, flush=True)
    os._exit(0)  # at once: the end of all libraries takes seconds
