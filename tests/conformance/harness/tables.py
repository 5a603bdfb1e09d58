"""The tables of the README."""

from __future__ import annotations

from typing import Dict

from .capabilities import CAPABILITIES
from .operations import DRIVER, OPERATIONS


def _listed(specs: Dict[str, str]) -> str:
    return ", ".join(f"`{name}` {spec}" for name, spec in specs.items())


def operations() -> str:
    rows = ["| operation | takes | gives | |", "|---|---|---|---|"]
    for name, one in OPERATIONS.items():
        remarks = [one.about]
        remarks += [f"Makes a {one.makes}."] if one.makes else []
        remarks += ["*starts*"] if one.starts else []
        remarks += [f"needs `{one.needs}`"] if one.needs else []
        rows.append(f"| `{name}` | {_listed(one.takes)} | {_listed(one.gives)} | {' '.join(remarks)} |")
    rows += ["", "The driver's own, in no language:", "", "| operation | takes | gives | |", "|---|---|---|---|"]
    rows += [f"| `{name}` | {_listed(one.takes)} | {_listed(one.gives)} | {one.about} |" for name, one in DRIVER.items()]
    return "\n".join(rows) + "\n"


def capabilities() -> str:
    rows = ["| capability | |", "|---|---|", *(f"| `{name}` | {about} |" for name, about in CAPABILITIES.items())]
    return "\n".join(rows) + "\n"
