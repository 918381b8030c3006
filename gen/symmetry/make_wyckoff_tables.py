"""Builder of ``wyckoff.npz``: every Wyckoff position of the 230 space groups, with its symmetry operations.

Run ``python -m electrolith.gen.symmetry.make_wyckoff_tables`` (needs pyxtal, which carries the coordinates of the
International Tables, vol. A) only when the tables themselves have to change. The package reads the cached file.

Settings are the standard ones: unique axis b and cell choice 1 for monoclinic groups, hexagonal axes for
rhombohedral ones, origin choice 2 where there are two.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np

from .normaliser_search import TOL, Array, normaliser, polar_axes

GENERIC = np.array([0.1234567, 0.2718281, 0.4142135])  # a point on no special position


def same_site(a: Array, b: Array, translations: Array) -> bool:
    """Whether two points (3,) agree up to the lattice ``translations`` (c, 3)."""
    difference = a - b - translations
    return bool((np.abs(difference - np.round(difference)) < TOL).all(-1).any())


def contains(linear: Array, offset: Array, point: Array) -> bool:
    """Whether ``point`` lies on r = linear · θ + offset for some θ, modulo integer translations."""
    theta, residual = solve(linear, offset, point)
    return bool(np.abs(residual).max() < TOL) and theta is not None


def solve(linear: Array, offset: Array, point: Array) -> tuple[Array, Array]:
    """Free parameters of ``point``, and the residual; each parameter is alone (±1) in one coordinate."""
    theta = np.zeros(3)
    for k in range(3):
        if not linear[:, k].any():
            continue
        rows = [i for i in range(3) if abs(linear[i, k]) == 1 and not np.delete(linear[i], k).any()]
        theta[k] = ((point - offset)[rows[0]] * linear[rows[0], k]) % 1.0
    left = linear @ theta + offset - point
    return theta, left - np.round(left)


def build() -> dict[str, Array]:
    """All tables as arrays; see ``wyckoff_tables`` for their meaning."""
    from pyxtal.symmetry import Group

    columns: dict[str, list[Any]] = {
        k: []
        for k in (
            "group",
            "letter",
            "multiplicity",
            "dof",
            "linear",
            "offset",
            "site_symmetry",
            "op_start",
            "op_count",
            "site_start",
            "site_count",
        )
    }
    op_rotation: list[Array] = []
    op_translation: list[Array] = []
    site_rotation: list[Array] = []
    hall: list[int] = []
    polar: list[Array] = []
    lattice_points: list[Array] = []
    n_start: list[int] = [0]
    n_map: list[Array] = []
    for number in range(1, 231):
        group = Group(number)
        general = [np.asarray(op.affine_matrix) for op in group[0].ops]
        rotations = np.round(np.array([m[:3, :3] for m in general])).astype(int)
        translations = np.array([m[:3, 3] for m in general])
        centring = translations[(rotations == np.eye(3)).all((1, 2))]
        hall.append(group.hall_number)
        polar.append(polar_axes(rotations))
        lattice_points.append(np.pad(centring, ((0, 4 - len(centring)), (0, 0)), constant_values=np.nan))
        positions = list(group)[::-1]
        table: list[tuple[Array, Array, int, Array]] = []
        for position in positions:
            affine = np.asarray(position.ops[0].affine_matrix)
            linear, offset = np.round(affine[:3, :3]).astype(int), affine[:3, 3]
            position.get_site_symmetry()
            point = linear @ GENERIC + offset
            images: list[Array] = []
            chosen: list[int] = []
            for i, (w, v) in enumerate(zip(rotations, translations, strict=True)):
                image = w @ point + v
                if not any(same_site(image, other, centring) for other in images):
                    images.append(image)
                    chosen.append(i)
            assert len(images) * len(centring) == position.multiplicity, (number, position.letter)
            # the identity first, so that an orbit's first image is its representative
            columns["group"].append(number)
            columns["letter"].append(len(table))
            columns["multiplicity"].append(position.multiplicity)
            columns["dof"].append(int((np.abs(linear).sum(0) > 0).sum()))
            columns["linear"].append(linear)
            columns["offset"].append(offset)
            columns["site_symmetry"].append(str(position.site_symm))
            columns["op_start"].append(len(op_rotation))
            columns["op_count"].append(len(chosen))
            # modulo centring, each operation that leaves the site in place occurs once
            identity = [
                i for i in range(len(rotations)) if same_site(rotations[i] @ point + translations[i], point, centring)
            ]
            stabiliser = np.unique(rotations[identity].reshape(-1, 9), axis=0).reshape(-1, 3, 3)
            columns["site_start"].append(len(site_rotation))
            columns["site_count"].append(len(stabiliser))
            site_rotation.extend(stabiliser)
            assert len(stabiliser) * position.multiplicity == len(rotations), (number, position.letter)
            op_rotation.extend(rotations[chosen])
            op_translation.extend(translations[chosen])
            table.append((linear, offset, position.multiplicity, point))
        for p_linear, shift in normaliser(number, rotations, translations):
            letters = []
            for _, _, multiplicity, point in table:
                image = p_linear @ point + shift
                # some image of the orbit must lie on the new position's representative
                orbit = np.einsum("nij,j->ni", rotations, image) + translations
                target = [
                    k
                    for k, (other, b, m, _) in enumerate(table)
                    if m == multiplicity and any(contains(other, b, x) for x in orbit)
                ]
                letters.append(target[0])
            assert sorted(letters) == list(range(len(table))), (number, letters)
            n_map.append(np.pad(letters, (0, 27 - len(letters)), constant_values=-1))
        n_start.append(len(n_map))
        print(number, len(table), n_start[-1] - n_start[-2], flush=True)
    out = {k: np.array(v) for k, v in columns.items()}
    out |= {
        "op_rotation": np.array(op_rotation, dtype=np.int8),
        "site_rotation": np.array(site_rotation, dtype=np.int8),
        "op_translation": np.array(op_translation, dtype=np.float64),
        "hall": np.array(hall),
        "polar": np.array(polar),
        "lattice_points": np.array(lattice_points),
        "normaliser_start": np.array(n_start),
        "normaliser_letters": np.array(n_map, dtype=np.int8),
    }
    out["linear"] = out["linear"].astype(np.int8)
    return out


if __name__ == "__main__":
    target = Path(__file__).with_name("wyckoff.npz")
    np.savez_compressed(target, **cast("dict[str, Any]", build()))
    print(target, target.stat().st_size)
