"""The geometry model, p(lattice, free coordinates | skeleton, targets): an equivariant diffusion on orbits."""
