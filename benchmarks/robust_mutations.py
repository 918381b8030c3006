"""Robustness, part ``mutations``: thousands of damaged files through the entry points of the package.

Sound files of each kind are mutated with a seed (see ``mutations``), and read as the commands read them. Counted are
tracebacks (any exception but those with a message for people), hangs, and memory: the largest resident memory of the
process and of its reader. ``--results FOLDER/mutations`` keeps the files that failed.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import shutil
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from ase.io import write
from figures import ROOT, Figure, folder, number
from mutations import mutated
from pymatgen.io.vasp import Poscar

from electrolith.gen.custom_properties import read_entries
from electrolith.gen.data.dataset import OrbitDataset, reference_set
from electrolith.gen.errors import ElectrolithError
from electrolith.gen.sampling.crystal_sampler import CrystalSampler
from electrolith.gen.surrogate.structure_surrogate import StructureSurrogate
from electrolith.gen.symmetry.orbits import crystal_of
from electrolith.gen.training.checkpoint_files import read_checkpoint
from electrolith.gen.training.model_settings import load_settings as load_training
from electrolith.gen.weight_folders import DEFAULT_FOLDER
from electrolith.generation.settings_loader import load_settings
from electrolith.io.cif_writer import cif_text
from electrolith.io.idle_readers import idle_readers
from electrolith.io.limited_reading import read_within_limits
from electrolith.parallel.crash_tolerant_pool import as_finished
from electrolith.recipes.recipe_reader import find_recipe
from electrolith.screening.inputs import numbered_entries
from electrolith.validators.thermodynamics.compounds import read_compounds

FILES, SMALL = 5000, 20
HANG = 30.0  # s
PATIENCE = 120.0  # s, after which a file counts as hanging for ever
MEMORY = 2e9  # bytes
HEAD = 20_000  # bytes of a weight file that are mutated: its header and its first numbers
SEEDS = ROOT / "tests" / "cases"


@dataclass(frozen=True)
class Outcome:
    """What became of a file: ``fault`` is a traceback or the reason of a death; time in s, memory in bytes."""

    path: str
    kind: str
    refused: bool
    fault: str
    seconds: float
    memory: int


def figures(args: argparse.Namespace) -> list[Figure]:
    """Tracebacks, hangs and memory among the mutated files, and the share that was refused."""
    count = SMALL if args.small else FILES
    kept = folder(args) / "mutations"
    kept.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        items = _files(work, count, Seeds(work / "seeds"))
        outcomes = []
        jobs = as_finished(_job, items, args.workers or 1, _lost, PATIENCE)
        for one in map(_outcome, items) if args.small else jobs:  # a new process imports everything anew
            outcomes.append(one)
            if one.fault or one.seconds > HANG or one.memory > MEMORY:
                print(f"{one.path}: {one.seconds:.1f} s, {one.memory / 1e9:.2f} GB\n{one.fault}", flush=True)
                if (path := Path(one.path)).is_file():
                    (kept / f"{path.parent.name}-{path.name}").write_bytes(path.read_bytes())
            shutil.rmtree(Path(one.path).parent, ignore_errors=True)
    refused = sum(one.refused for one in outcomes)
    kinds = Counter(one.kind for one in outcomes)
    slowest, largest = max(outcomes, key=lambda o: o.seconds), max(outcomes, key=lambda o: o.memory)
    n = len(outcomes)
    return [
        number("mutated files: tracebacks", sum(bool(o.fault) for o in outcomes), "", n, 0, remark=_listed(kinds)),
        number(
            "mutated files: hangs of more than 30 s", sum(o.seconds > HANG for o in outcomes), "", n, 0,
            remark=f"the slowest, a {slowest.kind}, took {slowest.seconds:.1f} s",
        ),
        number(
            "mutated files: more than 2 GB of resident memory", sum(o.memory > MEMORY for o in outcomes), "", n, 0,
            remark=f"the most, for a {largest.kind}: {largest.memory / 1e9:.2f} GB",
        ),
        number("mutated files refused, or with an entry refused", 100 * refused / n, "%", n),
    ]  # fmt: skip


def _listed(kinds: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))


class Seeds:
    """Sound files of each kind."""

    def __init__(self, place: Path) -> None:
        known = reference_set()
        self.texts = [cif_text(known[k], str(known.ids[k])).encode() for k in range(0, 60, 6)]
        crystals = [crystal_of(known[k], primitive=True) for k in range(6)]
        self.structures = [crystal.structure for crystal in crystals]
        self.place = place
        place.mkdir(parents=True)
        known.take(np.arange(len(known)) < 20).save(place / "orbits.npz")
        torch.save(
            {"state_dict": {"a": torch.zeros(3)}, "global_step": 3, "callbacks": {}, "loops": {}}, place / "last.ckpt"
        )

    def of(self, kind: str, random: np.random.Generator) -> bytes:
        """A sound file."""
        text = self.texts[int(random.integers(len(self.texts)))]
        structure = self.structures[int(random.integers(len(self.structures)))]
        return self._makers()[kind](text, structure)

    def _makers(self) -> dict[str, Callable[[bytes, Any], bytes]]:
        yaml = {f"{path.stem}.yaml": path.read_bytes() for path in sorted((ROOT / "configs").glob("*.yaml"))}
        return {
            "a.cif": lambda text, _: text,
            "blocks.cif": lambda text, _: text + b"\n" + self.texts[0],
            "a.extxyz": lambda _, one: _written(one, "extxyz"),
            "a.xsf": lambda _, one: _written(one, "xsf"),
            "a.csv": lambda text, _: pd.DataFrame({"id": ["a", "b"], "cif": [text.decode(), self.texts[1].decode()],
                                                   "band_gap": [1.5, 2]}).to_csv(index=False).encode(),
            "a.zip": lambda text, _: _zipped(text, self.texts[2]),
            "a.cif.gz": lambda text, _: gzip.compress(text),
            "a.json": lambda _, one: json.dumps([one.as_dict()]).encode(),
            "POSCAR": lambda _, one: str(Poscar(one, sort_structure=True).get_str()).encode(),
            "a.parquet": lambda _, one: _parquet(one),
            "hull.csv": lambda *_: (SEEDS / "hull.csv").read_bytes(),
            "properties.yaml": lambda *_: b"- name: hardness\n  unit: GPa\n  log: true\n  centre: 1.0\n  width: 2.0\n",
            "orbits.npz": lambda *_: (self.place / "orbits.npz").read_bytes(),
            "last.ckpt": lambda *_: (self.place / "last.ckpt").read_bytes(),
            **{name: lambda *_, content=content: content for name, content in yaml.items()},
            **{
                file.name: lambda *_, file=file: file.read_bytes()
                for file in sorted(DEFAULT_FOLDER.iterdir())
                if file.suffix in (".safetensors", ".json")
            },
        }  # fmt: skip

    def kinds(self) -> list[str]:
        """Each kind; those that hold crystals more often."""
        names = list(self._makers())
        return names + 2 * names[:10]


def _written(structure: Any, format_: str) -> bytes:
    stream = io.StringIO()
    write(stream, structure.to_ase_atoms(), format=format_)
    return stream.getvalue().encode() * (2 if format_ == "extxyz" else 1)


def _zipped(*texts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number_, text in enumerate(texts):
            archive.writestr(f"{number_}.cif", text)
    return stream.getvalue()


def _parquet(structure: Any) -> bytes:
    row = {
        "id": ["a"],
        "atomic_numbers": [[int(z) for z in structure.atomic_numbers]],
        "frac_coords": [structure.frac_coords.ravel().tolist()],
        "lattice_parameters": [list(structure.lattice.parameters)],
    }
    stream = io.BytesIO()
    pd.DataFrame(row).to_parquet(stream)
    return stream.getvalue()


def _files(work: Path, count: int, seeds: Seeds) -> Iterator[tuple[str, str]]:
    """Mutated files as pairs (path, kind)."""
    kinds = seeds.kinds()
    for number_ in range(count):
        random = np.random.default_rng((20, number_))
        kind = kinds[number_ % len(kinds)]
        sound = seeds.of(kind, random)
        is_large = kind.endswith(".safetensors")
        content = mutated(sound[:HEAD], random) + sound[HEAD:] if is_large else mutated(sound, random)
        place = work / f"{number_}"
        place.mkdir()
        path = place / (kind if kind != "POSCAR" else "a.poscar")
        path.write_bytes(content)
        yield str(path), kind


def _job() -> Callable[[tuple[str, str], Callable[[str], None]], Outcome]:
    return lambda item, _: _outcome(item)


def _outcome(item: tuple[str, str]) -> Outcome:
    path, kind = Path(item[0]), item[1]
    begin = time.perf_counter()
    fault, refused = "", False
    _reset_peaks()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            refused = _enter(path, kind)
    except ElectrolithError as error:
        refused = True
        fault = "" if "\n" not in str(error) else f"more than one line: {error}"
    except Exception:  # noqa: BLE001  what this benchmark looks for
        fault = traceback.format_exc()
    return Outcome(str(path), kind, refused, fault, time.perf_counter() - begin, _peak())


def _enter(path: Path, kind: str) -> bool:
    """Reads a file as the commands do; whether a part of it is refused."""
    if kind == "hull.csv":
        read_compounds(path)
    elif kind == "properties.yaml":
        read_entries(path)
    elif kind == "orbits.npz":
        _data_set(path)
    elif kind == "last.ckpt":
        read_checkpoint(path)
    elif kind.endswith(".safetensors") or kind == "surrogates.json":
        _weights(path)
    elif kind.startswith("train-"):
        load_training(path)
    elif kind.startswith("targets-"):
        load_settings({}, recipe=str(path))
    elif kind == "generate.yaml":
        load_settings({}, config=path)
    elif kind.endswith(".yaml"):
        find_recipe(str(path))
    else:
        entries = list(numbered_entries(read_within_limits(path)))
        return any(one.crystal is None or not (one.digest and one.crystal.formula) for one in entries)
    return False


def _data_set(path: Path) -> None:
    try:
        OrbitDataset.load(path)
    except ValueError as error:  # which the commands report as the user's mistake
        raise ElectrolithError(str(error)) from error


def _weights(path: Path) -> None:
    """Loads a checkpoint of which one file is mutated."""
    for file in DEFAULT_FOLDER.iterdir():
        if not (path.parent / file.name).exists() and file.suffix in (".safetensors", ".json"):
            (path.parent / file.name).symlink_to(file)
    if path.name in ("skeleton.safetensors", "geometry.safetensors"):
        CrystalSampler.load(path.parent)
    else:
        StructureSurrogate.load(path.parent)


def _lost(item: tuple[str, str], _notes: list[str], why: str) -> Outcome:
    return Outcome(item[0], item[1], False, why, PATIENCE if "longer" in why else 0.0, 0)


def _processes() -> list[int]:
    return [os.getpid(), *(reader.process.pid for reader in idle_readers())]


def _reset_peaks() -> None:
    for process in _processes():
        with suppress(OSError):
            Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")


def _peak() -> int:
    """The largest resident memory of this process or its reader since ``_reset_peaks``, bytes."""
    peaks = [0]
    for process in _processes():
        with suppress(OSError):
            status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
            peaks += [1024 * int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
    return max(peaks)
