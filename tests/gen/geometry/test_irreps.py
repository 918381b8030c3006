"""The basis of symmetric traceless matrices is orthonormal, and the one of e3nn."""

from __future__ import annotations

import torch

from electrolith.gen.geometry.irreps import tensor_basis

BASIS = tensor_basis(torch.float64, "cpu")


def test_the_basis_is_orthonormal_symmetric_and_traceless() -> None:
    flat = BASIS.flatten(1)
    torch.testing.assert_close(flat @ flat.T, torch.eye(5, dtype=torch.float64))
    torch.testing.assert_close(BASIS, BASIS.transpose(1, 2))
    torch.testing.assert_close(torch.einsum("kii->k", BASIS), torch.zeros(5, dtype=torch.float64))


def test_the_basis_is_that_of_e3nn() -> None:
    from e3nn import o3

    torch.testing.assert_close(BASIS, o3.wigner_3j(2, 1, 1, dtype=torch.float64) * 5**0.5)
