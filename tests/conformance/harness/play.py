"""Plays scenarios: each step goes to the runner of its role, and what comes back is compared with what is expected."""

from __future__ import annotations

import pathlib
import shutil
from typing import Any, Dict, List, Optional

from .operations import DRIVER, OPERATIONS, kind_of
from .runners import Pool
from .scenarios import Scenario, Step
from .session import Answer, Broken, Session
from .values import Unknown, Values, differs, incoming


class Failed(Exception):
    """A step did not do what the scenario says."""


class Play:
    """One scenario, with a language for each role; a scenario without roles has the role ""."""

    def __init__(self, scenario: Scenario, languages: Dict[str, str], pool: Pool, folder: pathlib.Path) -> None:
        self.scenario = scenario
        self.languages = languages
        self.pool = pool
        self.folder = folder
        self.made: Dict[str, Dict[str, Any]] = {}
        self.started: Dict[str, str] = {}  # name of what was started -> its operation
        self.keepers: Dict[str, str] = {}  # name of what a runner keeps -> its role
        self.early: Dict[str, Answer] = {}  # what had ended, or failed, when it was started
        self.n = 0

    def language_of(self, role: str) -> str:
        return self.languages.get(role) or next(iter(self.languages.values()))

    def roles(self) -> List[str]:
        return sorted({step.by for step in self.scenario.steps if step.do not in DRIVER}) or [""]

    def session(self, role: str) -> Session:
        return self.pool.session(self.language_of(role), role)

    def shared(self) -> bool:
        """Whether all roles can use the same vault."""
        roles = self.roles()
        return len(roles) == 1 or self.pool.daemon is not None or self.same_store(*(self.session(role) for role in roles))

    @staticmethod
    def same_store(*sessions: Session) -> bool:
        """What a page stores is in the profile of its own browser."""
        stores = {session.store for session in sessions}
        return len(stores) == 1 and (stores != {"origin"} or len(set(sessions)) == 1)

    def lacking(self, step: Step) -> str:
        """What the runner of a step cannot do: of what the step says, or else of what its operation needs."""
        for name in step.needs or filter(None, [step.operation.needs]):
            if name == "shared_vault":
                if not self.shared():
                    return name
            elif step.do not in DRIVER and name not in self.session(step.by).can:
                return name
        return ""

    def skipped(self) -> str:
        """Why the scenario cannot be played with these languages; nothing if it can."""
        for name in self.scenario.needs:
            if name == "shared_vault":
                if not self.shared():
                    return name
                continue
            if any(name not in self.session(role).can for role in self.roles()):
                return name
        for step in self.scenario.steps:
            if step.needs or step.do in DRIVER:
                continue  # a step that says what it needs is left out alone
            missing = self.lacking(step)
            if missing:
                return missing
        return ""

    def run(self) -> None:
        """Raises Failed or Broken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            for step in self.scenario.steps:
                where = f"step {step.number} ({step.do})"
                try:
                    if step.needs and self.lacking(step):
                        continue
                    for self.n in range(self.values("").number(step.times)):
                        self.step(step)
                except (Failed, Unknown, Broken) as problem:
                    raise type(problem)(f"{where}: {problem}") from None
                except (OSError, ValueError, TypeError, KeyError) as problem:  # a value that only playing it has shown to be wrong
                    raise Failed(f"{where}: {type(problem).__name__}: {problem}") from None
            for role in self.roles():
                self.end(role)
        except BaseException:
            for role in self.roles():
                self.pool.forget(self.language_of(role), role)
            raise
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def end(self, role: str) -> None:
        """Nothing of the scenario is left: closed one by one, or found by the collector."""
        answer = self.session(role).ask("end", {"how": self.scenario.end})
        if not answer.ok:
            raise Failed(f"the end: {answer}")
        if answer.fields["live"] != "0":
            raise Failed(
                f"{answer.fields['live']} handles are left in {self.language_of(role)} after the end ({self.scenario.end})"
            )

    def values(self, role: str) -> Values:
        store = self.session(role).store
        given = {
            "vault": f"file:{self.folder}/vault-{store}", "other_vault": f"file:{self.folder}/other-{store}",
            "folder": str(self.folder), "scheme": f"own{self.scenario.index}", "n": self.n,
        }  # fmt: skip
        if self.pool.daemon:
            given["vault"] = self.pool.daemon.urls[self.pool.languages[self.language_of(role)].reaches]
        return Values(self.pool.content, self.made, given)

    # --- one step ---

    def step(self, step: Step) -> None:
        values = self.values(step.by)
        if step.do == "exit":
            self.pool.exit(self.language_of(step.by), step.by)
            return
        if step.do in DRIVER:
            getattr(self, f"do_{step.do}")(step, values)
            return
        operation = OPERATIONS[step.do]
        arguments = {
            name: values.outgoing(value, kind_of(operation.takes[name])) for name, value in step.arguments.items()
        }
        name, start = values.numbered(step.as_name), values.numbered(step.start)
        if operation.makes:
            arguments["as"] = name
            self.keepers[name] = step.by
        if start:
            arguments["start"] = start
            self.started[start] = step.do
        if arguments.get("op") in self.early:
            answer = self.ended_early(step.do, arguments["op"])
        else:
            answer = self.session(step.by).ask(step.do, arguments)
        if start and (not answer.ok or "ended" in answer.fields):
            self.early[start] = answer
        elif not start:
            shape = self.started[arguments["op"]] if step.do == "wait" else step.do
            self.judge(step, shape, answer, values, name)

    def ended_early(self, do: str, name: str) -> Answer:
        """What a runner would say of what ended when it was started."""
        if do == "wait":
            return self.early[name]
        return Answer(True, {"pending": {"value": "0"}, "progress": {"done": "0"}}.get(do, {}))

    def judge(self, step: Step, shape: str, answer: Answer, values: Values, name: str) -> None:
        wanted = step.fails or ["SAFE_OK"]
        if answer.name not in wanted:
            raise Failed(f"{' or '.join(wanted)} was expected, and it was {answer}")
        if not answer.ok:
            if not answer.fields.get("message"):
                raise Failed(f"{answer.name} says nothing in its message")
            for detail, value in step.details.items():
                got = answer.fields.get(f"detail.{detail}")
                if str(values.number(value)) != got and "details" in self.session(step.by).can:
                    raise Failed(f"detail {detail} is {got}, not {values.number(value)}")
            return
        gives = OPERATIONS[shape].gives
        got = {
            field: incoming(text, kind_of(gives[field])) for field, text in answer.fields.items() if field in gives
        }
        for field, spec in gives.items():
            if field not in got and not spec.endswith("?"):
                raise Broken(f"the answer to {shape} has no {field}")
        for field, value in step.expect.items():
            problem = differs(values, value, got.get(field), kind_of(gives[field]))
            if problem:
                raise Failed(f"{field}: {problem}")
        if name:
            self.made[name] = got

    # --- the driver's own operations ---

    def keep(self, step: Step, values: Values, got: Dict[str, Any]) -> None:
        for field, value in step.expect.items():
            problem = differs(values, value, got.get(field), kind_of(DRIVER[step.do].gives[field]))
            if problem:
                raise Failed(f"{field}: {problem}")
        if step.as_name:
            self.made[step.as_name] = got

    def do_write_file(self, step: Step, values: Values) -> None:
        path = pathlib.Path(values.outgoing(step.arguments["path"], "text"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(values.bytes(step.arguments["data"]))

    def do_read_file(self, step: Step, values: Values) -> None:
        path = pathlib.Path(values.outgoing(step.arguments["path"], "text"))
        self.keep(step, values, {"data": path.read_bytes()})

    def do_damage(self, step: Step, values: Values) -> None:
        folder, name = (values.outgoing(step.arguments[key], "text") for key in ("folder", "name"))
        files = [path for path in sorted(pathlib.Path(folder).rglob("*")) if name in path.name and path.is_file()]
        for path in files:
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(bytes(data))
        self.keep(step, values, {"files": len(files)})

    def do_carry(self, step: Step, values: Values) -> None:
        source, target = (str(step.arguments[key]) for key in ("from", "to"))
        if self.pool.daemon or self.same_store(self.session(self.keepers[source]), self.session(self.keepers[target])):
            return
        for chunk in values.resolve(step.arguments["chunks"]):
            data = self.chunk_call(source, "chunk_get", {"address": chunk["address"]}).fields["data"]
            self.chunk_call(target, "chunk_put", {"data": data})

    def chunk_call(self, client: str, operation: str, arguments: Dict[str, str]) -> Answer:
        """By the client itself, or where its language has no single chunks by a program in C at the same vault."""
        session, name = self.session(self.keepers[client]), client
        if "chunks" not in session.can:
            session, name = self.pool.session("c", "porter"), f"porter_{client}"
            if name not in self.keepers:
                self.keepers[name] = "porter"
                self.must(session.ask("connect", {"url": self.made[client]["url"], "as": name}))
        return self.must(session.ask(operation, {"client": name, **arguments}))

    @staticmethod
    def must(answer: Answer) -> Answer:
        if not answer.ok:
            raise Failed(f"carrying chunks: {answer}")
        return answer


def play(scenario: Scenario, languages: Dict[str, str], pool: Pool) -> Optional[str]:
    """Why it was left out; None if it was played. Raises Failed or Broken."""
    who = "-".join(dict.fromkeys(languages.values()))
    # Of its own for each end, too: what a page has stored is not removed with the folder.
    folder = pool.folder / f"{who}-{scenario.index}-{scenario.end}"
    one = Play(scenario, languages, pool, folder)
    why = one.skipped()
    if why:
        return why
    one.run()
    return None
