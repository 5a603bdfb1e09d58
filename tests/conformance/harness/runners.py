"""How the runner of each language is started, and which functions of the C interface it reached."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Set, Tuple

from .daemon import Daemon
from .session import Broken, Session

HERE = pathlib.Path(__file__).resolve().parents[1]
# Everything that a runner needs of its surroundings.
KEPT = ("PATH", "HOME", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "SAFE_WORKERS", "SAFE_MEMORY", "SAFE_SEED", "SAFE_SCALE",
        "SAFE_CHROMIUM")  # fmt: skip


@dataclass
class Language:
    name: str
    command: List[str]
    needs: pathlib.Path  # is there if the runner was built
    environment: Dict[str, str] = field(default_factory=dict)
    shim: bool = True  # whether calls are counted by the shim; else the runner tells
    part_of: str = ""  # it is another way into the same package as this one, which is judged by both
    asked: Optional[Set[str]] = None  # functions that it is made with, where those are not all
    reaches: str = "tcp"  # by what it gets to a vault elsewhere; "": not at all


def languages(build: pathlib.Path) -> Dict[str, Language]:
    """All of them, built or not."""
    built = build / "conformance"
    tool = build / "bin" / "safe"
    node = [shutil.which("node") or "node", "--expose-gc"]
    python = [sys.executable, "-B", "-X", "utf8"]
    found = [
        Language("c", [str(built / "runner_c")], built / "runner_c"),
        Language("cpp", [str(built / "runner_cpp")], built / "runner_cpp"),
        Language(
            "python", [*python, str(HERE / "runners/python/runner.py")],
            build / "python/libsafe/__init__.py", {"PYTHONPATH": str(build / "python"), "PYTHONWARNINGS": "ignore::ResourceWarning"},
        ),
        Language("rust", [str(built / "runner_rust")], built / "runner_rust"),
        Language(
            "java", [
                shutil.which("java") or "java", "-Xmx512m", f"-Dlibsafe.library={built / 'libsafe_java.so'}", "-Dfile.encoding=UTF-8",
                "-Dsun.jnu.encoding=UTF-8", "-cp", f"{build / 'java/libsafe.jar'}:{built / 'java'}", "runner.Runner",
            ], built / "java/runner/Runner.class",
        ),
        Language(
            "csharp", [shutil.which("mono") or "mono", "--debug", str(built / "csharp/Runner.exe")], built / "csharp/Runner.exe",
        ),
        Language("cli", [*python, str(HERE / "runners/cli/runner.py")], tool, asked=imports(tool)),
        *(Language(
            name, [*node, str(HERE / "runners/js/node.mjs")], build / "npm/libsafe.js",
            {"SAFE_ENGINE": "wasm", "CONFORMANCE_FLAT": flat}, shim=False, part_of=whole, reaches="tcp",
        ) for name, flat, whole in (("node-ffi", "1", "node"), ("node", "", ""))),
        *(Language(
            name, [*node, str(HERE / "runners/js/browser.mjs")], build / "npm/libsafe.js", {"CONFORMANCE_FLAT": flat}, shim=False,
            part_of=whole, reaches="ws",
        ) for name, flat, whole in (("chromium-ffi", "1", "chromium"), ("chromium", "", ""))),
        *(Language(
            name, [*node, str(HERE / "runners/js/node.mjs")], built / "libsafe.node",
            {"SAFE_ENGINE": "addon", "CONFORMANCE_FLAT": flat, "CONFORMANCE_ADDON": str(built / "libsafe.node")}, part_of=whole,
        ) for name, flat, whole in (("addon-ffi", "1", "addon"), ("addon", "", ""))),
    ]  # fmt: skip
    return {language.name: language for language in found}


def imports(program: pathlib.Path) -> Set[str]:
    """What a program that is linked with libsafe.so asks of it."""
    said = subprocess.run(["nm", "-D", "--undefined-only", str(program)], capture_output=True, text=True).stdout
    return set(re.findall(r"\bsafe_\w+", said))


def kept_port() -> socket.socket:
    """Bound, but not listening: a server of ours may listen at its port, again and again, and nobody else is given it."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    return kept


@dataclass
class Model:
    functions: List[str]
    codes: Set[str]

    @staticmethod
    def read(build: pathlib.Path) -> "Model":
        path = build / "cmake/model/model.json"
        if not path.exists():
            path = build / "model/model.json"
        model: Dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        codes = next(enum["values"] for enum in model["enums"] if enum["name"] == "safe_code")
        return Model([function["name"] for function in model["functions"]], {code["name"] for code in codes})


class Pool:
    """The runners that were started: one for each language and role, used for scenario after scenario."""

    def __init__(self, build: pathlib.Path, folder: pathlib.Path, model: Model) -> None:
        self.build = build
        self.folder = folder
        self.content = folder / "content"
        self.content.mkdir(parents=True, exist_ok=True)
        self.model = model
        self.languages = languages(build)
        self.daemon: Optional[Daemon] = None  # what all use instead of vaults of their own
        self._sessions: Dict[Tuple[str, str], Session] = {}
        self._places: Dict[Tuple[str, str], Tuple[pathlib.Path, socket.socket]] = {}  # what pages store belongs to their address
        self._told: Dict[str, Set[str]] = {}
        self._count = 0

    def session(self, language: str, role: str) -> Session:
        key = (language, role)
        if key not in self._sessions:
            self._sessions[key] = self._start(self.languages[language], role)
        return self._sessions[key]

    def _start(self, language: Language, role: str) -> Session:
        self._count += 1
        if (language.name, role) not in self._places:
            self._places[language.name, role] = (self.folder / f"profile-{language.name}-{role}", kept_port())
        profile, kept = self._places[language.name, role]
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment.update({"CONFORMANCE_PROFILE": str(profile), "CONFORMANCE_PORT": str(kept.getsockname()[1])})
        environment.update({"LC_ALL": "C.UTF-8", "CONFORMANCE_BUILD": str(self.build), **language.environment})
        if language.shim:
            counts = self._counts(language.name)
            if not counts.exists():
                counts.write_bytes(bytes(len(self.model.functions)))
            environment["SAFE_REACHED"] = str(counts)
            environment["LD_PRELOAD"] = str(self.build / "conformance/libreached.so")
        return Session(language.name, language.command, environment, self.folder / f"runner-{language.name}-{self._count}")

    def _counts(self, language: str) -> pathlib.Path:
        return self.folder / f"reached-{language}"

    def exit(self, language: str, role: str) -> None:
        session = self._sessions.pop((language, role), None) or self._start(self.languages[language], role)
        self._hear(session)
        session.exit()

    def forget(self, language: str, role: str) -> None:
        """What it still holds is not to disturb what follows."""
        session = self._sessions.pop((language, role), None)
        if session:
            session.kill()

    def close(self) -> Optional[str]:
        """Ends all, as programs end. What went wrong at that, if anything did."""
        problem = None
        for language, role in list(self._sessions):
            try:
                self.exit(language, role)
            except Broken as broken:
                problem = str(broken)
        return problem

    def _hear(self, session: Session) -> None:
        if not self.languages[session.language].shim:
            answer = session.ask("reached", {})
            self._told.setdefault(session.language, set()).update(answer.fields.get("names", "").split(","))

    def reached(self, language: str) -> Set[str]:
        """Functions of the C interface that its runners, and those that are part of it, have called."""
        parts = (one.name for one in self.languages.values() if one.part_of == language)
        return self._reached(language).union(*map(self._reached, parts))

    def _reached(self, language: str) -> Set[str]:
        if not self.languages[language].shim:
            return self._told.get(language, set()) & set(self.model.functions)
        counts = self._counts(language)
        marks = counts.read_bytes() if counts.exists() else b""
        return {name for name, mark in zip(self.model.functions, marks) if mark}
