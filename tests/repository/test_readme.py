"""Every block of the README that a reader may copy does run.

A block is left out only with its reason: an HTML comment ``<!-- not run: reason -->`` on the line before it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8") if README.exists() else ""
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<reason>.+?) -->\n+)?^```(?P<language>bash|python)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
BLOCKS = {f"{b['language']}-line-{TEXT.count(chr(10), 0, b.start('code'))}": b for b in BLOCK.finditer(TEXT)}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_this_block_of_the_readme_runs(block: re.Match[str], tmp_path: Path) -> None:
    if block["reason"]:
        pytest.skip(block["reason"])
    shell = ["bash", "-euo", "pipefail", "-c"]
    command = [*shell, block["code"]] if block["language"] == "bash" else [sys.executable, "-c", block["code"]]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
