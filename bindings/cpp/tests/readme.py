"""Follows README.md in an empty folder, with the library as it was installed.

    readme.py prefix
"""

from __future__ import annotations

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests/support"))

import readme_tour  # noqa: E402


def main() -> None:
    (described,) = pathlib.Path(sys.argv[1]).rglob("safe.pc")
    env = {
        **os.environ,
        "PKG_CONFIG_PATH": str(described.parent),
        "LD_LIBRARY_PATH": str(described.parent.parent),
    }
    with readme_tour.Tour("bindings/cpp/README.md", env) as tour:
        tour.follow("Five minutes")


if __name__ == "__main__":
    main()
