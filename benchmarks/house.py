"""The structure of the code: sizes of files, lazy imports, tests, length of the README.

Run from the root of the repository: ``python benchmarks/house.py``. ``tests/repository/test_house.py`` holds the bars.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("src/electrolith", "gen", "conditioners", "validators")
LONG, TOO_LONG = 120, 300  # lines of a file


def library() -> dict[Path, str]:
    """Source text of every module of the package, by path; links to other folders are not followed."""
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return {path: path.read_text(encoding="utf-8") for path in paths if not any(p.is_symlink() for p in path.parents)}


def lines_of(folder: str) -> int:
    """Lines of all Python files below a folder of the repository."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py"))


def files_above(sources: dict[Path, str], lines: int) -> list[str]:
    """Modules with more lines, the longest first."""
    sizes = {path: len(text.splitlines()) for path, text in sources.items()}
    above = sorted((path for path in sizes if sizes[path] > lines), key=lambda path: -sizes[path])
    return [f"{path.relative_to(ROOT)} ({sizes[path]})" for path in above]


def shared_stems(sources: dict[Path, str]) -> list[str]:
    """File names that occur more than once, ``__init__`` aside: a stack trace would not tell them apart."""
    stems = Counter(path.stem for path in sources)
    return sorted(stem for stem, count in stems.items() if count > 1 and stem != "__init__")


def lazy_imports(sources: dict[Path, str]) -> list[str]:
    """Imports of our own modules inside functions, as ``file:line statement``."""
    found = set()
    for path, text in sources.items():
        lines = text.splitlines()
        functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
        for function in functions:
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and node.level:
                    found.add(f"{path.relative_to(ROOT)}:{node.lineno} {lines[node.lineno - 1].strip()}")
    return sorted(found)


def readme_words() -> int:
    """Words of README.md, code blocks included."""
    return len((ROOT / "README.md").read_text(encoding="utf-8").split())


def main() -> None:
    """Writes the figures."""
    from figures import Figure, arguments, percent, save

    args = arguments(__doc__ or "")
    sources = library()
    n, lines = len(sources), sum(len(text.splitlines()) for text in sources.values())
    long, too_long, lazy = files_above(sources, LONG), files_above(sources, TOO_LONG), lazy_imports(sources)
    ratio, words, stems = lines_of("tests") / lines, readme_words(), shared_stems(sources)
    figures = [
        Figure(f"modules above {LONG} lines", "≤ 15.0 %", percent(len(long) / n), n, len(long) / n <= 0.15),
        Figure(f"modules above {TOO_LONG} lines", "0", str(len(too_long)), n, not too_long),
        Figure("own imports inside functions", "≤ 20", str(len(lazy)), n, len(lazy) <= 20),
        Figure("file names that occur twice", "0", str(len(stems)), n, not stems),
        Figure("lines of tests per line of the library", "≥ 0.5", f"{ratio:.2f}", lines, ratio >= 0.5),
        Figure("words in README.md", "≤ 1,000", f"{words:,}", words, words <= 1000),
    ]
    save("house", figures, args)


if __name__ == "__main__":
    main()
