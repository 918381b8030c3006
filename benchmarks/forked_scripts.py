"""Scripts in processes forked from this one, which has imported everything: small ones start at once.

Reads lines of JSON from the standard input, ``{"script": path, "words": options, "folder": working folder, "log":
file}``, and answers each with the exit code of the script. Its output goes to the file.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path

from forked_commands import Command, import_all, run


def script(path: str, options: list[str], folder: str) -> Command:
    """The command ``python PATH OPTIONS`` in a folder."""

    def call() -> None:
        os.chdir(folder)
        sys.argv, sys.path[0] = [path, *options], str(Path(path).parent)
        runpy.run_path(path, run_name="__main__")

    return call


if __name__ == "__main__":
    import_all()
    for line in sys.stdin:
        request = json.loads(line)
        command = script(request["script"], request["words"], request["folder"])
        print(run(command, Path(request["log"])).code, flush=True)
    os._exit(0)  # at once: the end of all libraries takes seconds
