"""Time and survivors of 1,000 crystals in the electrolyte recipe on two cores, and the same run killed and resumed.

All crystals are generated with lithium and have at most 20 atoms; without lithium the second check would reject most.
The other recipes by use are measured on 60 crystals (``recipe_costs``).
Run from the root of the repository: ``python benchmarks/screening.py`` (half an hour; ``--quick``: the killed run with
the first 100 crystals only; ``--recipes``: the recipes by use only, five minutes; ``--small``: a minute).
"""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml
from figures import Figure, cached, folder, number, options, save
from process_monitor import Cost, count_rows, generate, run
from recipe_costs import recipe_figures

from electrolith.screening.inputs import read_paths

RECIPE, WORKERS, KILLS = "electrolyte", 2, 3
OF_RECIPES = 60  # crystals for the cost of the recipes by use
SMALL_RECIPE = "name: small\nchecks: [{check: finite}, {check: distances}, {check: charge}, {check: lithium}]\n"


def crystals(out: Path, size: int, seed: int, checkpoint: str | None) -> Path:
    """The folder of generated crystals; they are generated if it does not exist."""
    if not (out / "cifs").exists():
        words = ["-n", str(size), "--elements", "Li", "--seed", str(seed)]
        generate(out, [*words, *(["--checkpoint", checkpoint] if checkpoint else [])])
    return out


def of_recipes(place: Path, small: bool, checkpoint: str | None) -> list[Figure]:
    """Figures of the recipes by use; the times of all checks are in ``recipe-costs.json``."""
    name, size, seed = ("with-lithium", 3, 0) if small else ("sixty", OF_RECIPES, 3)
    source = crystals(place / name, size, seed, checkpoint)
    return recipe_figures(read_paths([source / "cifs"]), small, place / "recipe-costs.json")


def recipe_in(place: Path, small: bool) -> str:
    """Name of the recipe, or of the file of a quick one."""
    if not small:
        return RECIPE
    file = place / "small.yaml"
    file.write_text(SMALL_RECIPE, encoding="utf-8")
    return str(file)


def screened(source: Path, place: Path, recipe: str, workers: int, again: bool) -> tuple[Path, Cost]:
    """Folder and cost of the timed run; a stored one is reused."""
    out, note = place / "screened", place / "screened.time.json"
    known = cached(note, again)
    if known is None:
        words = ["screen", str(source), "-o", str(out), "-r", recipe, "--workers", str(workers), "--overwrite"]
        known = asdict(run(words, place / "screened.log", out / "candidates.csv"))
        note.write_text(json.dumps(known), encoding="utf-8")
    return out, Cost(**known)


def killed(source: Path, place: Path, recipe: str, workers: int, limit: int) -> tuple[Path, list[int]]:
    """A run killed with all its processes at random moments and resumed; and the numbers of rows at which it was."""
    out = place / "screened-killed"
    shutil.rmtree(out, ignore_errors=True)
    command = [str(Path(sys.executable).with_name("electrolith")), "screen", "-o", str(out), "--resume"]
    command += [str(source), "-r", recipe, "--workers", str(workers), "--limit", str(limit)]
    moments = sorted(random.Random(0).sample(range(1, limit), KILLS if limit > KILLS else 1))
    for moment in moments:
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        ) as process:
            while process.poll() is None and count_rows(out / "candidates.csv") < moment:
                time.sleep(0.01)
            time.sleep(random.Random(moment).random())
            with suppress(ProcessLookupError):  # it was faster
                os.killpg(process.pid, signal.SIGKILL)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return out, moments


def table(out: Path, limit: int) -> list[dict[str, str]]:
    """The rows of the first ``limit`` crystals by id, without rank, score and file, which depend on all crystals."""
    with (out / "candidates.csv").open(encoding="utf-8", newline="") as file:
        rows = [{k: v for k, v in row.items() if k not in ("rank", "score", "file")} for row in csv.DictReader(file)]
    return sorted(rows, key=lambda row: row["id"])[:limit]


def time_figures(record: dict[str, Any], cost: Cost) -> list[Figure]:
    """Figures of the whole run and of each check."""
    n = record["crystals"]
    slowest = sorted(record["checks"], key=lambda check: -check["seconds"])
    words = ", ".join(f"{check['check']} {check['seconds']:.0f} s" for check in slowest[:4])
    figures = [
        number(
            f"{n:,} crystals through the recipe {record['recipe']['name']}",
            cost.seconds / 60, "min", n, 60 if n == 1000 else None,
            remark=f"{record['workers']} processes; {record['survivors']} survivors; longest checks: {words}",
        ),
        number("peak memory, all processes together (PSS)", cost.peak_bytes / 1e9, "GB", n),
    ]  # fmt: skip
    for check in record["checks"]:
        asked = check["came"] if check["check"] != "reading" else 0
        if asked:
            stopped = check["failed"] + check["stopped_as_unknown"]
            remark = f"{stopped} rejected, {check['unknown']} unknown"
            figures.append(
                number(f"{check['check']}, per crystal", check["seconds"] / asked, "s", asked, remark=remark)
            )
    return figures


def resumed_figure(whole: list[dict[str, str]], parts: list[dict[str, str]], moments: list[int]) -> Figure:
    """Whether no row is lost, repeated or different."""
    ids = Counter(row["id"] for row in parts)
    missing = len({row["id"] for row in whole} - set(ids))
    twice = sum(count > 1 for count in ids.values())
    columns = [name for name in whole[0] if name in parts[0]]
    different = sum(any(a[c] != b[c] for c in columns) for a, b in zip(whole, parts, strict=False))
    value = f"{missing} lost, {twice} twice, {different} different"
    remark = f"killed after {', '.join(map(str, moments))} crystals"
    same = missing == twice == different == 0
    return Figure("killed three times with SIGKILL and resumed: the same table", "yes", value, len(whole), same, remark)


if __name__ == "__main__":
    parser = options(__doc__ or "")
    parser.add_argument("--recipes", action="store_true", help="measure the recipes by use only")
    args = parser.parse_args()
    place = folder(args)
    if args.recipes:
        save("screening", of_recipes(place, args.small, args.checkpoint), args, part=True)
        raise SystemExit
    source = crystals(place / "with-lithium", 3 if args.small else 1000, 0, args.checkpoint)
    workers = args.workers or WORKERS
    recipe = recipe_in(place, args.small)
    out, cost = screened(source, place, recipe, workers, args.again)
    record = yaml.safe_load((out / "screen.yaml").read_text(encoding="utf-8"))
    limit = min(record["crystals"], 100) if args.quick else record["crystals"]
    broken, moments = killed(source, place, recipe, workers, limit)
    figures = [*time_figures(record, cost), resumed_figure(table(out, limit), table(broken, limit), moments)]
    save("screening", [*figures, *of_recipes(place, args.small, args.checkpoint)], args)
