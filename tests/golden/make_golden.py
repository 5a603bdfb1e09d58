#!/usr/bin/env python3
"""Freezes what the upstream crate makes of the inputs of recipes.py.

  make_golden.py            writes c2.json
  make_golden.py --check    fails if the oracle, or a recipe, now says otherwise

Only the oracle's output goes into the file; nothing of libsafe takes part.
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "oracle"))
import oracle  # noqa: E402
import recipes  # noqa: E402

TINY = 64  # the chunks of inputs up to this size are given whole


def vector(se, recipe, size):
    data = recipes.make(recipe, size)
    with tempfile.TemporaryDirectory() as folder:
        source, stored = Path(folder) / "in", Path(folder) / "chunks"
        source.write_bytes(data)
        stored.mkdir()
        data_map, names = se.encrypt_from_file(str(source), str(stored))
        said = oracle.answer(se, data)
        assert json.loads(data_map.to_json()) == said["datamap"], "the package's two ways disagree"
        assert sorted(names) == [chunk["name"] for chunk in said["chunks"]]
        for chunk in said["chunks"]:
            content = (stored / chunk["name"]).read_bytes()
            assert len(content) == chunk["size"]
            if size <= TINY:
                chunk["bytes"] = content.hex()
    return {"recipe": recipe, "len": size, "sha256": hashlib.sha256(data).hexdigest(),
            "datamap": said["datamap"], "chunks": said["chunks"]}


def main():
    se = oracle.load()
    entries = [vector(se, recipe, size) for recipe, size in recipes.inputs()]
    head = {"format": "c2", "oracle": "PyPI self-encryption 0.35.0 (brotli 3.3.4)",
            "made by": "tests/golden/make_golden.py"}
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    made = json.dumps(head)[:-1] + ', "vectors": [\n' + lines + "\n]}\n"
    target = HERE / "c2.json"
    if "--check" in sys.argv[1:]:
        if target.read_text() != made:
            sys.exit("c2.json is not what the oracle says")
        print(f"{len(entries)} vectors are what the oracle says")
    else:
        target.write_text(made)
        print(f"{len(entries)} vectors, {len(made)} bytes")


if __name__ == "__main__":
    main()
