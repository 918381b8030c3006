"""CIFs as users have them: sound, odd, and broken in every known way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from pymatgen.core import Lattice, Structure
from pymatgen.io.cif import CifWriter

CELL = "_cell_length_a {a}\n_cell_length_b {a}\n_cell_length_c {a}\n" + "".join(
    f"_cell_angle_{angle} 90\n" for angle in ("alpha", "beta", "gamma")
)
SITES = "loop_\n_atom_site_label\n_atom_site_type_symbol\n" + "".join(f"_atom_site_fract_{x}\n" for x in "xyz")


def by_hand(sites: str, a: object = "5.64", head: str = "data_x\n") -> bytes:
    """A CIF written as people write them."""
    return (head + CELL.format(a=a) + SITES + sites).encode()


def written(structure: Structure) -> bytes:
    return str(CifWriter(structure)).encode()


def lattice_of(count: int) -> str:
    """A crystal of n copper atoms, well apart."""
    places = ((i / 20, j / 10, k / 10) for i in range(20) for j in range(10) for k in range(10))
    return "".join(f"Cu{n} Cu {x:.3f} {y:.3f} {z:.3f}\n" for n, (x, y, z) in enumerate(islice(places, count)))


def rock_salt(one: str, other: str, a: float) -> bytes:
    """The eight atoms of a rock salt."""
    corners = [(0, 0, 0), (0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0)]
    first = [f"{one}{k} {one} {x} {y} {z}\n" for k, (x, y, z) in enumerate(corners)]
    second = [f"{other}{k} {other} {0.5 - x} {0.5 - y} {0.5 - z}\n" for k, (x, y, z) in enumerate(corners)]
    return by_hand("".join(first + second), a=f"{a:.4f}")


def broken() -> dict[str, bytes]:
    """Files that hold no ordered crystal."""
    sound = rock_salt("Na", "Cl", 5.64)
    disordered = Structure(Lattice.cubic(5.6), [{"Na": 0.5, "K": 0.5}, "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    vacancies = Structure(Lattice.cubic(5.6), [{"Li": 0.7}, "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])
    return {
        "empty": b"",
        "blank": b"\n \t\n\n",
        "binary": bytes(range(256)) * 40,
        "html": b"<!DOCTYPE html><html><body>404: not found</body></html>",
        "no_atoms": by_hand(""),
        "no_cell": b"data_x\n" + SITES.encode() + b"Na1 Na 0 0 0\n",
        "disordered": written(disordered),
        "vacancies": written(vacancies),
        "nan": by_hand("Na1 Na nan 0 0\nCl1 Cl 0.5 0.5 0.5\n"),
        "question_marks": by_hand("Na1 Na ? ? ?\nCl1 Cl 0.5 0.5 0.5\n"),
        "zero_cell": by_hand("Na1 Na 0 0 0\n", a="0"),
        "negative_cell": by_hand("Na1 Na 0 0 0\n", a="-5"),
        "endless_cell": by_hand("Na1 Na 0 0 0\n", a="1e400"),
        "no_element": by_hand("Xy1 Xy 0 0 0\n"),
        "dummy_atoms": by_hand("X1 X 0 0 0\nCl1 Cl 0.5 0.5 0.5\n"),
        "cut_off": sound[: len(sound) // 2],
        "cut_in_a_row": by_hand("Na1 Na 0 0"),
        "a_protein": by_hand(lattice_of(2000) * 3, a="60"),
        "only_a_name": b"data_nothing\n",
        "open_quote": b"data_x\n_chemical_name 'never closed\n" + sound,
    }


def odd() -> dict[str, bytes]:
    """Files with an unusual crystal, or with something similar to a crystal."""
    return {
        "on_top_of_each_other": by_hand("Na1 Na 0 0 0\nCl1 Cl 0.001 0 0\n"),
        "same_place_twice": by_hand("Na1 Na 0 0 0\nNa2 Na 0 0 0\nCl1 Cl 0.5 0.5 0.5\n"),
        "same_label_twice": by_hand("Na1 Na 0 0 0\nNa1 Na 0.5 0.5 0\nCl1 Cl 0.5 0.5 0.5\nCl1 Cl 0 0 0.5\n"),
        "one_atom_in_space": by_hand("Li1 Li 0 0 0\n", a="60"),
        "crushed": by_hand("Na1 Na 0 0 0\nCl1 Cl 0.5 0.5 0.5\n", a="1.1"),
        "two_thousand_atoms": by_hand(lattice_of(2000), a="60"),
        "windows": rock_salt("K", "Cl", 6.29).replace(b"\n", b"\r\n"),
        "utf16": "data_x\n".encode("utf-16"),
        "latin1": b"# \xe4\xf6\xfc\n" + rock_salt("Na", "F", 4.63),
        "far_outside": by_hand("Na1 Na 17.5 -3 0\nCl1 Cl 0.5 0.5 0.5\n"),
        "helium": by_hand("He1 He 0 0 0\n", a="4"),
        "plutonium": by_hand("Pu1 Pu 0 0 0\nO1 O 0.25 0.25 0.25\nO2 O 0.75 0.75 0.75\n", a="5.4"),
        "two_blocks": rock_salt("Li", "F", 4.03) + b"\n" + rock_salt("Li", "Cl", 5.14).replace(b"data_x", b"data_y"),
    }  # fmt: skip


def sound() -> Iterator[bytes]:
    """Rock salts of random sizes."""
    rng = np.random.default_rng(0)
    for one, other in cycle((a, b) for a in ("Li", "Na", "K", "Rb") for b in ("F", "Cl", "Br", "I")):
        yield rock_salt(one, other, float(4.2 + 1.5 * rng.random()))


def write_strangers(folder: Path, count: int = 100) -> None:
    """Writes a number of files to a folder, broken and odd ones among them."""
    files = broken() | odd()
    assert len(files) < count
    files |= {f"sound_{k}": text for k, text in enumerate(islice(sound(), count - len(files)))}
    for name, content in files.items():
        (folder / f"{name}.cif").write_bytes(content)
