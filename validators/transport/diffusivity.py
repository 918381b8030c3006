"""Check ``diffusivity``: self-diffusivity of Li⁺ at high temperature, from molecular dynamics.

A supercell of the crystal is displaced at random, relaxed, and run at constant volume and temperature
(``molecular_dynamics``). The motion of its Li⁺ (``random_walk``) gives the self-diffusivity D with its spread, and by
the Nernst-Einstein relation a conductivity, both at the temperature of the run. Neither is one at room temperature:
that needs runs at several temperatures and an extrapolation, which fails for a crystal with another phase in between.
Interacting ions conduct better than the relation says, often two or three times. Limits of the method: picoseconds show
nothing below about 1e-6 cm²/s; there are no vacancies besides those of the crystal; the cell does not expand; and
potentials are softer than the density functional theory of their training data, which lowers barriers (Deng et al., npj
Comput. Mater. 11, 9, 2025).

The check is for a few crystals: on one core, 10 ps with CHGNet take a quarter of an hour for the 52 atoms of Li6PS5Cl,
and more than one hour for 108 atoms of Li3N, which has many more neighbours.

A framework has melted if all of its elements have moved for good, or if one of them has moved further than the rotation
of a group such as PS4 or B12H12 allows. Rotating groups are not a melt.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ...gen.symmetry.orbits import primitive_cell
from ..check import Check
from ..near_miss import compared, excess, require_margin
from ..relaxation.potentials import CHGNET, potential_named
from ..relaxation.relax import relax
from ..verdict import Detail, Verdict
from .diffusion_statistics import nernst_einstein
from .molecular_dynamics import NoDynamics, Trajectory, run
from .random_walk import MOBILE, SHORTEST, Walk, walk
from .supercells import displaced, supercell, width

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

TEMPERATURE = 1000.0  # K, of the runs from which diffusivities are usually extrapolated
PICOSECONDS = 10.0
TIME_STEP = 2.0  # fs
WIDTH = 9.0  # Å, from an atom to its image
ROUGHLY = 0.95  # of the width, to which a cell may shrink in the relaxation
MAX_ATOMS = 150
MELTED = 1.5  # Å, displacement of the slowest element of the framework: half of a distance between anions
TURNED = 4.5  # Å, more than the rotation of any group displaces its atoms
FEW_HOPS = 12.0  # below it, the spread is about as large as the value
INSTALL = "pip install 'electrolith[screen]'"


class Diffusivity(Check):
    """Check of diffusivity. Value: self-diffusivity of Li⁺ at ``temperature``, cm²/s, with its spread.

    argument     meaning                                                                       unit
    at_least     limit, e.g. 1e-5; None: report it, pass unless the framework melts              cm²/s
    temperature  temperature of the run                                                         K
    picoseconds  length of the run, after 1 ps that is discarded                                ps
    time_step    time step of the integrator; at most 1 fs is used with hydrogen                fs
    potential    by name, see ``potentials``; it also relaxes the crystal first
    seed         of velocities and heat bath: the same seed gives the same value
    max_atoms    largest number of atoms in the supercell, which is 9 Å wide if this allows
    margin       error beyond which a diffusivity is no near miss, cm²/s; None: its spread
    """

    name: ClassVar[str] = "diffusivity"
    question: ClassVar[str] = "How fast does Li⁺ diffuse at high temperature, and does the framework survive?"
    unit: ClassVar[str] = "cm²/s"

    def __init__(
        self,
        at_least: float | None = None,
        temperature: float = TEMPERATURE,
        picoseconds: float = PICOSECONDS,
        time_step: float = TIME_STEP,
        potential: str = CHGNET,
        seed: int = 0,
        max_atoms: int = MAX_ATOMS,
        margin: float | None = None,
    ) -> None:
        require_margin(margin)
        potential_named(potential)
        if find_spec("pymatgen.analysis.diffusion") is None:
            raise UserError(f"The Li⁺ diffusivity needs pymatgen-analysis-diffusion: {INSTALL}")
        if at_least is not None and not 0 < at_least < 0.1:
            raise UserError(f"A diffusivity of {at_least:g} cm²/s is not one of a solid: give cm²/s, such as 1e-5.")
        if not 0 < temperature <= 5000:
            raise UserError(f"temperature {temperature:g} K: give one above 0 and at most 5000, such as 1000.")
        if not SHORTEST <= picoseconds <= 1e5:
            raise UserError(f"picoseconds {picoseconds:g}: give {SHORTEST:g} or more; a shorter run cannot be fitted.")
        if not 0.1 <= time_step <= 5:
            raise UserError(f"A time step of {time_step:g} fs is out of range: give 0.5 to 2 fs.")
        if seed < 0 or max_atoms < 1:
            raise UserError("A seed is 0 or more, and a supercell has at least one atom.")
        self.at_least = at_least
        self.temperature = temperature
        self.picoseconds = picoseconds
        self.time_step = time_step
        self.potential = potential
        self.seed = seed
        self.max_atoms = max_atoms
        self.margin = margin

    def answer(self, crystal: Crystal) -> Verdict:
        """Fails without lithium and if the framework melts; unknown if the potential fails or the run is too short."""
        lithium = crystal.atomic_numbers == MOBILE
        if not lithium.any():
            return self._without_value(False, "there is no lithium in it")
        if lithium.all():
            return self._without_value(None, "it is lithium alone: there is no framework for Li⁺ to diffuse in")
        start = primitive_cell(crystal)
        if len(start) > self.max_atoms:
            return self._without_value(None, f"more than {self.max_atoms} atoms (limit of this check)")
        cell = supercell(start, WIDTH, self.max_atoms)
        assert cell is not None
        relaxed = relax(displaced(cell, self.seed), potential=self.potential)
        if relaxed.crystal is None:
            return self._without_value(None, f"it does not relax: {relaxed.failure}")
        at_rest = relaxed.crystal
        try:
            trajectory = run(at_rest, self.potential, self.temperature, self.picoseconds, self.time_step, self.seed)
        except NoDynamics as error:
            return self._without_value(None, f"no dynamics: {error}")
        return self.compare(trajectory, walk(trajectory))

    def compare(self, trajectory: Trajectory, found: Walk) -> Verdict:
        """The verdict on a trajectory and its walk."""
        at = f"in {trajectory.picoseconds:g} ps at {self.temperature:g} K"
        if melted(found.framework):
            far = ", ".join(f"{element} by {way:.1f} Å" for element, way in found.framework.items())
            return self._without_value(False, f"the framework melts: {far} {at}", self._details(trajectory, found))
        if not found.is_seen:
            what = "Li⁺ hops back and forth without diffusing" if found.hopped else "no hop is seen"
            reason = f"{what} {at}: below {found.bound:.0e} {self.unit}{self._narrow(trajectory)}"
            passed = True if self.at_least is None else False if found.bound <= self.at_least else None
            return self._without_value(passed, reason, self._details(trajectory, found))
        reason = f"D = {found.diffusivity:.1e} ± {found.spread:.0e} {self.unit} {at}, from {found.hops:.0f} hops"
        if found.hops < FEW_HOPS:
            reason += ", which gives the order of magnitude only"
        margin = found.spread if self.margin is None else self.margin
        limited = compared([excess(found.diffusivity, at_least=self.at_least)], margin, self.unit)
        reason += self._narrow(trajectory) + limited.remark
        details = self._details(trajectory, found)
        return self.verdict(
            limited.passed, found.diffusivity, found.spread, limit=self.at_least, reason=reason, details=details,
            near_miss=limited.near_miss,
        )  # fmt: skip

    def _details(self, trajectory: Trajectory, found: Walk) -> tuple[Detail, ...]:
        cell = trajectory.crystal
        density = float((cell.atomic_numbers == MOBILE).sum()) / cell.volume
        diffusivity = found.diffusivity if found.is_seen else found.bound
        conductivity = nernst_einstein(diffusivity, density, self.temperature)
        heading = f"conductivity at {self.temperature:g} K (Nernst-Einstein)"
        return (
            Detail("temperature", self.temperature, "K"),
            Detail(heading, conductivity if found.is_seen else f"below {conductivity:.0e}", "S/cm"),
            Detail("mean square displacement of Li", found.msd, "Å²"),
            Detail("Li moved by", found.moved, "Å"),
            Detail("hops", found.hops),
            Detail("length of a hop", found.hop, "Å"),
            Detail("Li that hopped", float(found.hopped)),
            *(Detail(f"{element} moved by", way, "Å") for element, way in found.framework.items()),
            Detail("atoms", float(len(cell))),
            Detail("width of the cell", width(cell.lattice), "Å"),
            Detail("time", trajectory.picoseconds, "ps"),
            Detail("measured temperature", trajectory.temperature, "K"),
            Detail("potential", self.potential),
        )

    def _narrow(self, trajectory: Trajectory) -> str:
        wide = width(trajectory.crystal.lattice)
        return (
            ""
            if wide >= ROUGHLY * WIDTH
            else f"; the cell is only {wide:.1f} Å wide, with at most {self.max_atoms} atoms"
        )

    def _without_value(self, passed: bool | None, reason: str, details: tuple[Detail, ...] = ()) -> Verdict:
        return self.verdict(passed, limit=self.at_least, reason=reason, details=details)


def melted(framework: dict[str, float]) -> bool:
    """Whether the framework has melted, from the displacement of each of its elements, Å."""
    return min(framework.values()) > MELTED or max(framework.values()) > TURNED
