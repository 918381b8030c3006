"""Imports go one way, and heavy imports happen only where they are needed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from paths import ROOT

DISTRIBUTIONS = {"yaml": "pyyaml"}  # where the name of the import is another
NOT_IMPORTED = {"mkdocs-material", "mkdocstrings"}  # tools
COMMANDS = {"build", "hatchling", "import-linter", "mypy", "pre-commit", "pytest-xdist", "ruff"}  # without an import
PACKAGE = ("gen", "conditioners", "validators", "src/electrolith")


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_import_graph_keeps_the_contracts_in_pyproject() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("heavy", ["torch", "pymatgen", "pandas", "chgnet", "lightning"])
def test_the_command_line_starts_without_heavy_libraries(heavy: str) -> None:
    assert run(f"import sys, electrolith, electrolith.cli.app; print({heavy!r} in sys.modules)") == "False"


REFUSED = (
    "predict nowhere", "predict notes.txt", "predict Li3PS4", "predict rock.cif --checkpoint nowhere",
    "check structure nowhere", "check windw LiF", "check window LiF --set oxidation=4",
    "screen nowhere -r electrolyte -o out", "screen rock.cif -r electrolyt -o out",
    "screen rock.cif -r electrolyte -o full", "relax nowhere -o out", "relax rock.cif -o full",
    "predict rock.cif -o notes.txt", "train geometry -o out --device banana", "generate -o run --resume --seed 1",
    "evaluate nowhere", "evaluate rock.cif --truth nowhere", "evaluate rock.cif --json notes.txt",
    "evaluate rock.cif --limit 0", "evaluate rock.cif --plot a.svg", "build nowhere -o a.npz",
    "build rock.cif -o notes.txt", "finetune --data nowhere.csv -o out --property x",
    "finetune --data t.csv -o out --property x", "finetune --data t.csv -o out",
    "finetune --data t.csv -o full --property e", "finetune --data t.csv -o out --property e --checkpoint nowhere",
    "generate -n 1 -o full", "generate -n 1 -o out --device banana", "generate -n 1 -o out --recipe nowhere",
)  # fmt: skip
REFUSE = """
import os, sys
from pathlib import Path
from typer.testing import CliRunner
from electrolith.cli.app import app
os.chdir(sys.argv[1])
Path("full").mkdir()
for name in ("notes.txt", "rock.cif", "full/mine"):
    Path(name).write_text("x")
Path("t.csv").write_text("cif,e\\nx,1\\n")
Path("run").mkdir()
Path("run/run.yaml").write_text("settings: {n: 2, seed: 0}\\n")
for command in sys.argv[2:]:
    code = CliRunner().invoke(app, command.split()).exit_code
    heavy = {"torch", "e3nn", "lightning", "chgnet"} & {*sys.modules}
    if code != 2 or heavy:
        print(command, code, heavy)
"""


def test_mistakes_in_paths_names_and_folders_are_refused_without_torch(tmp_path: Path) -> None:
    command = [sys.executable, "-c", REFUSE, str(tmp_path), *REFUSED]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_package_called_validators_is_left_alone() -> None:
    assert "validators" not in run("import sys, electrolith.validators; print(*sys.modules)").split()


def imported(folder: str) -> set[str]:
    """Distributions from which the files below a folder import; the links in src/ are left out."""
    names = set()
    for path in (ROOT / folder).rglob("*.py"):
        if path.parent.is_relative_to(ROOT / "src") and path.resolve() != path:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                diffusion = node.module.startswith("pymatgen.analysis.diffusion")
                names.add("pymatgen-analysis-diffusion" if diffusion else node.module.split(".")[0])
    ours = {path.stem for place in ("tests", "benchmarks") for path in (ROOT / place).glob("*.py")} | {"electrolith"}
    return {DISTRIBUTIONS.get(n, n).replace("_", "-") for n in names - sys.stdlib_module_names - ours}


def declared(*extras: str) -> set[str]:
    """Distributions that are installed with these extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + [x for extra in extras for x in project["optional-dependencies"][extra]]
    return {re.split(r"[\[>=]", line)[0] for line in lines} - {"electrolith"}


def test_imported_distributions_are_declared_and_declared_ones_are_imported() -> None:
    used = set().union(*map(imported, PACKAGE))
    used -= {"pyxtal", "nequix"}  # pyxtal: to make the Wyckoff tables once; nequix: for those who have weights of it
    assert used <= declared("relax", "screen", "scatter")
    assert declared() == declared() & used


def test_imports_of_tests_benchmarks_and_examples_come_with_the_extra_dev() -> None:
    used = set().union(*map(imported, (*PACKAGE, "tests", "benchmarks", "examples")))
    assert used <= declared("relax", "screen", "scatter", "plot", "docs", "dev") | {"griffe", "nequix"}
    assert declared("plot", "docs", "dev") - used - NOT_IMPORTED <= COMMANDS | {"pyxtal"}
