"""Builder of ``wyckoff.npz``: every Wyckoff position of the 230 space groups, with its symmetry operations.

Run ``python -m electrolith.gen.symmetry.make_wyckoff_tables`` (needs pyxtal, which carries the coordinates of the
International Tables, vol. A) only when the tables themselves have to change. The package reads the cached file.

Settings are the standard ones: unique axis b and cell choice 1 for monoclinic groups, hexagonal axes for
rhombohedral ones, origin choice 2 where there are two.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
GENERIC = np.array([0.1234567, 0.2718281, 0.4142135])  # a point on no special position
TOL = 1e-5
ORIGIN_SHIFTS = sorted({*(i / 8 for i in range(8)), *(i / 6 for i in range(6))})


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


def signed_permutations() -> list[Array]:
    matrices = []
    for order, signs in product(permutations(range(3)), product((1, -1), repeat=3)):
        matrix = np.zeros((3, 3), dtype=int)
        matrix[range(3), order] = signs
        matrices.append(matrix)
    return matrices


def holohedry(number: int) -> list[Array]:
    """Integer matrices that map the conventional lattice of a space group on itself (axes may swap names)."""
    signed = signed_permutations()
    if number <= 2:
        return [np.eye(3, dtype=int), -np.eye(3, dtype=int)]
    if number <= 15:
        return [m for m in signed if (np.abs(m) == np.eye(3)).all() and m[0, 0] == m[2, 2]]
    if number <= 74:
        return signed
    if number <= 142:
        return [m for m in signed if abs(m[2, 2]) == 1]
    if number <= 194:
        six, mirror = np.array([[1, -1, 0], [1, 0, 0], [0, 0, 1]]), np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]])
        rotations = [np.linalg.matrix_power(six, k) for k in range(6)]
        planar = rotations + [r @ mirror for r in rotations]
        return [m @ np.diag([1, 1, s]) for m in planar for s in (1, -1)]
    return signed


def operation_keys(rotations: Array, translations: Array) -> set[tuple[int, ...]]:
    """Hashable form of a group's operations; translations in 24ths modulo 1."""
    t = np.round(translations * 24).astype(int) % 24
    return {(*w.ravel().tolist(), *v.tolist()) for w, v in zip(rotations.astype(int), t, strict=True)}


def polar_axes(rotations: Array) -> Array:
    """(3,) booleans: conventional axes along which the origin is free."""
    return np.array([all((w[:, k] == np.eye(3)[k]).all() for w in rotations) for k in range(3)])


def normaliser(number: int, rotations: Array, translations: Array) -> Iterator[tuple[Array, Array]]:
    """Operations (P, p) that conjugate the group into itself, one per coset of the group.

    They are found by search over the holohedry and over origin shifts in eighths and sixths (Int. Tables A,
    ch. 15: no other shifts occur); shifts along polar axes, which form a continuum, are left at zero.
    """
    keys = operation_keys(rotations, translations)
    rotation_keys = {tuple(w.astype(int).ravel()) for w in rotations}
    polar = polar_axes(rotations)
    shifts = np.array(list(product(*[[0.0] if p else ORIGIN_SHIFTS for p in polar])))
    seen: list[set[tuple[int, ...]]] = []
    for p_linear in holohedry(number):
        inverse = np.round(np.linalg.inv(p_linear)).astype(int)
        conjugate = np.einsum("ij,njk,kl->nil", p_linear, rotations, inverse)
        if {tuple(w) for w in np.round(conjugate).astype(int).reshape(len(conjugate), 9)} != rotation_keys:
            continue
        # p must bring every translation to one that the group has for the conjugated rotation
        moved = translations @ p_linear.T
        allowed = np.ones(len(shifts), dtype=bool)
        by_rotation: dict[tuple[int, ...], list[Array]] = {}
        for w, v in zip(rotations.astype(int), translations, strict=True):
            by_rotation.setdefault(tuple(w.ravel()), []).append(v)
        for w, v in zip(np.round(conjugate).astype(int), moved, strict=True):
            targets = np.array(by_rotation[tuple(w.ravel())])
            new = v + shifts - shifts @ w.T
            difference = new[:, None] - targets[None]
            allowed &= (np.abs(difference - np.round(difference)) < TOL).all(-1).any(-1)
        for shift in shifts[allowed]:
            key = operation_keys(rotations @ p_linear, translations + rotations @ shift)
            if any(key == other for other in seen):
                continue
            seen.append(key)
            yield p_linear, shift
    assert keys in seen, "the identity must be among the normaliser's cosets"


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
