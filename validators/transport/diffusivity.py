"""How fast does Li⁺ diffuse at a high temperature, in molecular dynamics, and does the framework stand it?

A supercell of the crystal, shaken, relaxed and run at constant volume and temperature (``dynamics``), and what its Li⁺
do there (``random_walk``): self-diffusivity D with its spread, and the conductivity that it makes by Nernst and
Einstein's relation, both at the temperature of the run. Neither is one at room temperature: that takes runs at several
temperatures and a line through them, and fails where the crystal has another phase between. Ions that push each other
conduct better than the relation has it, often two or three times. Limits of the method: picoseconds show nothing below
about 1e-6 cm²/s; there are no vacancies that the crystal does not come with; the cell does not expand; and the
potential is softer than the density functional theory that it learned, which makes barriers lower (Deng et al., npj
Comput. Mater. 11, 9, 2025).

For a handful of crystals: on one core, 10 ps with CHGNet take a quarter of an hour for the 52 atoms of Li6PS5Cl, and
more than one hour for 108 of Li3N, which has many more neighbours.

A framework has melted if each of its elements, or if any one of them further than a group such as PS4 or B12H12 turns,
has moved for good. Groups that turn in their places are no melt.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar

from ...gen.errors import UserError
from ...gen.symmetry.orbits import primitive_cell
from ..check import Check
from ..relaxation.potentials import CHGNET, potential_named
from ..relaxation.relax import relax
from ..verdict import Detail, Verdict
from .molecular_dynamics import NoDynamics, Trajectory, run, shaken, supercell, width
from .random_walk import MOBILE, SHORTEST, Walk, nernst_einstein, walk

if TYPE_CHECKING:
    from ...gen.crystal import Crystal

TEMPERATURE = 1000.0  # K, of the runs from which diffusivities are usually extrapolated
PICOSECONDS = 10.0
TIME_STEP = 2.0  # fs
WIDTH = 9.0  # Å, from an atom to its image
ROUGHLY = 0.95  # of it, to which a cell may shrink when it relaxes
MAX_ATOMS = 150
MELTED = 1.5  # Å that the slowest element of a framework moves: half of a distance between anions
TURNED = 4.5  # Å, further than any group brings its atoms by turning
FEW_HOPS = 12.0  # at which the spread is as large as the value
UNIT = "cm²/s"
INSTALL = "pip install 'electrolith[screen]'"


class Diffusivity(Check):
    """Value: self-diffusivity of Li⁺ at ``temperature``, cm²/s, with its spread.

    argument     meaning                                                                       unit
    at_least     limit, e.g. 1e-5; None: tell it, pass always (unless the framework melts)      cm²/s
    temperature  of the run                                                                     K
    picoseconds  how long it is measured, after 1 ps in which the crystal settles               ps
    time_step    of the integrator; 1 fs at most is taken where there is hydrogen               fs
    potential    by name, see ``potential``; it also relaxes the crystal first
    seed         of velocities and heat bath: the same seed gives the same value
    max_atoms    of the supercell, which is 9 Å wide or, told in the verdict, as wide as this allows
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
    ) -> None:
        potential_named(potential)
        if find_spec("pymatgen.analysis.diffusion") is None:
            raise UserError(f"The Li⁺ diffusivity needs pymatgen-analysis-diffusion: {INSTALL}")
        if at_least is not None and not 0 < at_least < 0.1:
            raise UserError(f"A diffusivity of {at_least:g} cm²/s is none of a solid: give cm²/s, such as 1e-5.")
        if not 0 < temperature <= 5000:
            raise UserError(f"temperature {temperature:g} K: take one above 0, such as 1000.")
        if not SHORTEST <= picoseconds <= 1e5:
            raise UserError(f"picoseconds {picoseconds:g}: {SHORTEST:g} or more, or there is nothing to fit.")
        if not 0.1 <= time_step <= 5:
            raise UserError(f"A time step of {time_step:g} fs is out of reach: take 0.5 to 2 fs.")
        if seed < 0 or max_atoms < 1:
            raise UserError("A seed is 0 or more, and a supercell has at least one atom.")
        self.at_least = at_least
        self.temperature = temperature
        self.picoseconds = picoseconds
        self.time_step = time_step
        self.potential = potential
        self.seed = seed
        self.max_atoms = max_atoms

    def answer(self, crystal: Crystal) -> Verdict:
        """Fails without lithium and if the framework melts; unknown where the potential fails, or time is too short."""
        lithium = crystal.atomic_numbers == MOBILE
        if not lithium.any():
            return self._said(False, "there is no lithium in it")
        if lithium.all():
            return self._said(None, "lithium alone: there is no framework in which Li⁺ could diffuse")
        start = primitive_cell(crystal)
        if len(start) > self.max_atoms:
            return self._said(None, f"more than {self.max_atoms} atoms (limit of this check)")
        cell = supercell(start, WIDTH, self.max_atoms)
        assert cell is not None
        relaxed = relax(shaken(cell, self.seed), potential=self.potential)
        if relaxed.crystal is None:
            return self._said(None, f"it does not relax: {relaxed.failure}")
        at_rest = relaxed.crystal
        try:
            went = run(at_rest, self.potential, self.temperature, self.picoseconds, self.time_step, self.seed)
        except NoDynamics as error:
            return self._said(None, f"no dynamics: {error}")
        return self.judge(went, walk(went))

    def judge(self, went: Trajectory, found: Walk) -> Verdict:
        """The verdict on a trajectory and what it says."""
        at = f"in {went.picoseconds:g} ps at {self.temperature:g} K"
        if melted(found.framework):
            far = ", ".join(f"{element} by {way:.1f} Å" for element, way in found.framework.items())
            return self._said(False, f"the framework melts: {far} {at}", self._details(went, found))
        if not found.is_seen:
            what = "Li⁺ hops to and fro but gets nowhere" if found.hopped else "no hop seen"
            reason = f"{what} {at}: below {found.bound:.0e} {UNIT}{self._narrow(went)}"
            passed = True if self.at_least is None else False if found.bound <= self.at_least else None
            return self._said(passed, reason, self._details(went, found))
        reason = f"D = {found.diffusivity:.1e} ± {found.spread:.0e} {UNIT} {at}, from {found.hops:.0f} hops"
        if found.hops < FEW_HOPS:
            reason += ", too few for more than an order of magnitude"
        passed = self.at_least is None or found.diffusivity >= self.at_least
        return Verdict(
            self.name, passed, found.diffusivity, found.spread, UNIT, self.at_least, reason + self._narrow(went),
            self._details(went, found),
        )  # fmt: skip

    def _details(self, went: Trajectory, found: Walk) -> tuple[Detail, ...]:
        cell = went.crystal
        density = float((cell.atomic_numbers == MOBILE).sum()) / cell.volume
        told = found.diffusivity if found.is_seen else found.bound
        conductivity = nernst_einstein(told, density, self.temperature)
        told_as = f"conductivity at {self.temperature:g} K (Nernst-Einstein)"
        return (
            Detail("temperature", self.temperature, "K"),
            Detail(told_as, conductivity if found.is_seen else f"below {conductivity:.0e}", "S/cm"),
            Detail("mean square displacement of Li", found.msd, "Å²"),
            Detail("Li moved by", found.moved, "Å"),
            Detail("hops", found.hops),
            Detail("length of a hop", found.hop, "Å"),
            Detail("Li that hopped", float(found.hopped)),
            *(Detail(f"{element} moved by", way, "Å") for element, way in found.framework.items()),
            Detail("atoms", float(len(cell))),
            Detail("width of the cell", width(cell.lattice), "Å"),
            Detail("time", went.picoseconds, "ps"),
            Detail("measured temperature", went.temperature, "K"),
            Detail("potential", self.potential),
        )

    def _narrow(self, went: Trajectory) -> str:
        wide = width(went.crystal.lattice)
        return (
            ""
            if wide >= ROUGHLY * WIDTH
            else f"; the cell is only {wide:.1f} Å wide, with at most {self.max_atoms} atoms"
        )

    def _said(self, passed: bool | None, reason: str, details: tuple[Detail, ...] = ()) -> Verdict:
        return Verdict(self.name, passed, unit=UNIT, limit=self.at_least, reason=reason, details=details)


def melted(framework: dict[str, float]) -> bool:
    """Whether elements that moved so far (Å) are those of a melt."""
    return min(framework.values()) > MELTED or max(framework.values()) > TURNED
