"""Settings as text, from the fields of their records: the table of the documentation, and ``configs/generate.yaml``.

After a change of a field: ``python -m electrolith.generation.settings_table docs/generate.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import Field
from pathlib import Path
from typing import Any

import yaml

from ..gen.errors import UserError
from ..gen.typed_records import meta_of
from ..io.yaml_files import CONFIGS
from .options import setting_fields

BEGIN, END = "<!-- settings -->", "<!-- end of settings -->"  # around the table in a page
N_EXAMPLE = 100  # number of crystals in configs/generate.yaml
YAML_HEAD = (
    "# All settings of `electrolith generate --config FILE` with their defaults. Options on the command line override "
    "them.\n"
)
TARGETS_DOC = 'Constraints and property targets, e.g. {space_group: Fm-3m, elements: "Li,O", bulk_modulus: ">=100"}.'


def default_text(setting: Field[Any]) -> str:
    """Default of a setting as it is written in YAML; empty for ``n``, which has none."""
    if setting.name == "n":
        return ""
    for word, stands_for in meta_of(setting).words.items():
        if type(stands_for) is type(setting.default) and stands_for == setting.default:
            return word
    return str(yaml.safe_dump(setting.default)).splitlines()[0]


def settings_table() -> str:
    """The settings as a Markdown table: option, YAML and Python name, default, range, meaning."""
    lines = ["| option | in YAML and Python | default | range | meaning |", "|---|---|---|---|---|"]
    for one in setting_fields():
        meta = meta_of(one)
        flag = f"--{one.name.replace('_', '-')}" if one.name != "n" else "-n"
        if isinstance(one.default, bool):
            flag += f", --no-{one.name}"
        default = default_text(one)
        lines.append(f"| `{flag}` | `{one.name}` | {f'`{default}`' if default else ''} | {meta.range} | {meta.doc} |")
    return "\n".join(lines) + "\n"


def settings_yaml() -> str:
    """The content of ``configs/generate.yaml``: every setting with its default and its meaning."""
    entries = {one.name: (default_text(one), meta_of(one).doc) for one in setting_fields()}
    entries = {"n": (str(N_EXAMPLE), entries.pop("n")[1]), "targets": ("{}", TARGETS_DOC), **entries}
    width = max(len(f"{name}: {default}") for name, (default, _) in entries.items())
    lines = [f"{f'{name}: {default}':<{width}}  # {doc}\n" for name, (default, doc) in entries.items()]
    return YAML_HEAD + "".join(lines)


def with_settings_table(page: str) -> str:
    """A Markdown page with the present table between its two markers."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise UserError(f"the page has no lines {BEGIN!r} and {END!r}, between which the table goes.")
    return f"{before}{BEGIN}\n\n{settings_table()}\n{END}{after}"


def main(pages: Sequence[str]) -> None:
    """Writes ``configs/generate.yaml``, and the table into Markdown pages."""
    (CONFIGS / "generate.yaml").write_text(settings_yaml(), encoding="utf-8")
    for path in map(Path, pages):
        path.write_text(with_settings_table(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
