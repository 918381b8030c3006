# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # From a target to candidates
#
# Generates lithium sulfides and phosphates with a stiffness target, looks at the predictions, and checks windows.
# Open it as a notebook with `jupytext --to ipynb examples/notebook.py`, or run it as a script.

# %%
from __future__ import annotations

from electrolith import AtLeast, Generator, Targets, predict, screen
from electrolith.validators import validator

generator = Generator.from_pretrained()

# %% [markdown]
# ## Generate
# A target steers the generation; it is not guaranteed. `predicted` has the value and
# its spread (in decades for moduli).

# %%
targets = Targets(elements="Li,O", shear_modulus=AtLeast(30), max_atoms=12)
crystals = generator.generate(4, targets, seed=5)
for crystal in crystals:
    modulus = crystal.predicted["shear_modulus"]
    print(f"{crystal.formula:12s} {crystal.space_group_found:3d}  {modulus.value:.0f} GPa, spread {modulus.spread:.2f}")

# %% [markdown]
# ## All predictions for one crystal
# These are predictions for any crystal: they do not include the correction for generated ones.

# %%
first = predict([crystals[0].crystal])[0]
for name, value in first.values.items():
    print(f"{name:28s} {value.value:10.3g}  {value.doubt}")

# %% [markdown]
# ## One check
# A check takes a crystal or a formula and returns a verdict with its reason.

# %%
window = validator("window")
for crystal in crystals:
    verdict = window.check(crystal.crystal)
    print(f"{crystal.formula:12s} {verdict.passed!s:6s} {verdict.reason}")

# %% [markdown]
# ## Screen
# A recipe is a list of checks. `recipe="electrolyte"` is the full one; it relaxes with CHGNet.

# %%
recipe = {
    "name": "cheap checks",
    "description": "No potential needed.",
    "checks": [{"check": "structure"}, {"check": "toxicity"}, {"check": "cost", "at_most": None}],
    "rank": [{"by": "cost", "order": "low"}],
}
for result in screen(crystals, recipe):
    print(result.rank, result.formula, result.reason or "passed every check")

# %% [markdown]
# ## Plot
# Predicted shear modulus against the density.

# %%
import matplotlib.pyplot as plt

figure, axes = plt.subplots()
axes.scatter([c.crystal.density for c in crystals], [c.predicted["shear_modulus"].value for c in crystals])
axes.set_xlabel("density, g/cm³")
axes.set_ylabel("predicted shear modulus, GPa")
figure.savefig("shear-modulus.png")
