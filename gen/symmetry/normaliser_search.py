"""Search for the normaliser of a space group: the builder of the Wyckoff tables needs it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
TOL = 1e-5
ORIGIN_SHIFTS = sorted({*(i / 8 for i in range(8)), *(i / 6 for i in range(6))})


def signed_permutations() -> list[Array]:
    """The 48 integer matrices that permute the axes and change their signs."""
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
    """Operations (P, p) that conjugate a space group into itself, one per coset of the group.

    The search goes over the holohedry and over origin shifts in eighths and sixths (no other shifts occur: Int. Tables
    A, ch. 15). Shifts along polar axes, which form a continuum, stay zero.
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
