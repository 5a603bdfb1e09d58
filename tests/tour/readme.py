#!/usr/bin/env python3
"""Runs the examples of README.md in the order in which they stand there.

  readme.py --build DIR --prefix DIR --python PROGRAM

DIR is where the product was built, the prefix where it was installed, PROGRAM the Python that it was built for. All blocks
share one new folder.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = Path(__file__).with_name("page.mjs")
BLOCK = re.compile(r"^```(sh|python|c|js|html)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WANTED = ["sh", "sh", "python", "c", "sh", "sh", "js", "sh", "html"]
# Examples that are files; what then runs them.
FILES = {"c": "tour.c", "js": "tour.mjs", "html": "site/index.html"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--prefix", type=Path, required=True)
    parser.add_argument("--python", required=True)
    args = parser.parse_args()
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    if [language for language, _ in blocks] != WANTED:
        sys.exit(f"README.md has the examples {[language for language, _ in blocks]}, not {WANTED}")
    pc = next(args.prefix.rglob("safe.pc")).parent
    env = {**os.environ, "PATH": f"{args.build / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(args.build / "python"),
           "PKG_CONFIG_PATH": str(pc), "LD_LIBRARY_PATH": str(pc.parent)}
    env.pop("SAFE_VAULT", None)
    env |= {"npm_config_offline": "true", "npm_config_audit": "false", "npm_config_update_notifier": "false", "NODE_PATH": ""}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as tree:
        env["SAFE"] = tree
        (Path(tree) / "build").symlink_to(args.build)
        for number, (language, text) in enumerate(blocks):
            if language in FILES:
                (Path(folder) / FILES[language]).write_text(text)
            program = {"sh": ["sh", "-eu", "-c", text], "python": [args.python, "-W", "error", "-c", text], "c": ["true"],
                       "js": ["node", "tour.mjs"], "html": ["node", str(PAGE), "site", "numbers.txt"]}[language]
            done = subprocess.run(program, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            print(done.stdout, end="")
            if done.returncode != 0:
                sys.exit(f"README.md: example {number + 1} ({language}) ended with {done.returncode}")


if __name__ == "__main__":
    main()
