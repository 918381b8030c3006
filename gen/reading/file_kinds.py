"""The format of a file by its name, and the name of its crystals."""

from __future__ import annotations

import re
from pathlib import PurePath

PACKED = (".gz", ".bz2", ".xz")  # around any other format
KINDS = {  # the end of a name → format
    ".cif": "cif",
    ".mcif": "cif",
    ".extxyz": "extxyz",
    ".xyz": "extxyz",
    ".poscar": "poscar",
    ".contcar": "poscar",
    ".vasp": "poscar",
    ".json": "json",
    ".res": "res",
    ".xsf": "xsf",
    ".gen": "gen",
    ".cssr": "cssr",
    ".traj": "traj",
    ".db": "db",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".zip": "zip",
    ".tar": "tar",
    ".tgz": "tar",
}
CONTAINERS = ("zip", "tar")
TABLES = ("csv", "parquet")
VASP = re.compile(r"(POSCAR|CONTCAR)([._-].*)?", re.IGNORECASE)
OF_SYSTEMS = re.compile(r"thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r|~\$.*|\..+|__MACOSX", re.IGNORECASE | re.DOTALL)
NOT_VASP = (".txt", ".md", ".log", ".out", ".yaml", ".yml", ".png", ".pdf", ".py", ".sh")
FORMATS = "a CIF, POSCAR, extxyz, pymatgen JSON, CSV or parquet, a file of ASE, or a folder or zip of them"


def kind_of(name: str) -> tuple[str, str]:
    """The format of a file, empty where it is unknown, and the name without the ends that tell the format."""
    path = PurePath(name)
    if path.suffix.lower() in PACKED:
        path = path.with_suffix("")
    suffix = path.suffix.lower()
    if suffix in KINDS:
        return KINDS[suffix], path.stem
    if VASP.fullmatch(path.name) and suffix not in NOT_VASP:
        return "poscar", path.name
    if path.name.upper() == "XDATCAR":
        return "xdatcar", path.name
    return "", path.name


def is_of_system(name: str) -> bool:
    """Whether a file or folder is hidden, or is one that an operating system or an office program leaves behind."""
    return OF_SYSTEMS.fullmatch(name) is not None


def name_within(path: PurePath, stem: str) -> str:
    """The name of the crystals of a file in a folder: a bare POSCAR is named by the folder in which it lies."""
    bare = stem.upper() in ("POSCAR", "CONTCAR", "XDATCAR")
    return f"{path.parent.name}-{stem}" if bare and path.parent.name else stem
