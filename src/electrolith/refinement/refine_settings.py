"""Settings of a round of self-training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..gen.errors import UserError
from ..gen.stored_records import reading_back
from ..gen.typed_records import check_ranges, read_record, setting, write_record
from ..generation.settings import Settings
from ..validators.relaxation.potentials import CHGNET


@dataclass(frozen=True, kw_only=True)
class RefineSettings:
    """Settings of one round; ``generate`` holds those of ``electrolith generate``, by name."""

    generate: Mapping[str, Any] = setting(doc="settings of the proposals, as in configs/generate.yaml")
    potential: str = setting(CHGNET, "the potential that relaxes and judges the proposals")
    limit: float = setting(0.1, "highest energy above the hull of a crystal to learn from", unit="eV/atom")
    share: float = setting(0.1, "share of the training data that the new crystals become", above=0, at_most=0.5)
    steps: int = setting(2000, "training steps of each model; 0: only propose and verify", at_least=0)

    def __post_init__(self) -> None:
        check_ranges(self)

    @property
    def proposals(self) -> Settings:
        """The settings of the run that proposes crystals."""
        return Settings.from_mapping(self.generate)

    def as_mapping(self) -> dict[str, Any]:
        """Names and values as ``from_mapping`` reads them."""
        return write_record(self)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> RefineSettings:
        """Settings of names and values. Raises ``UserError``."""
        return read_record(cls, values)

    def refuse_another(self, record: Mapping[str, Any], file: Any) -> None:
        """Raises ``UserError`` that names each difference from the settings in the ``record`` of a run to resume."""
        with reading_back(file):
            earlier = RefineSettings.from_mapping(record["settings"]).as_mapping()
        now = self.as_mapping()
        there, here = ({**one, **one.pop("generate")} for one in (earlier, now))
        if differing := [f"{k}: {there.get(k)}, {here[k]}" for k in here if there.get(k) != here[k]]:
            raise UserError(
                f"--resume needs the settings of the run; these differ ({file.name}, now): {'; '.join(differing)}. "
                "Leave the options out to use those of the run, or start another folder."
            )
