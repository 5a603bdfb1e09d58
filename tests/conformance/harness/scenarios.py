"""Scenario files: read, checked, and told what is wrong with them, step by step. The README is their specification."""

from __future__ import annotations

import json
import pathlib
import re
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

from .capabilities import CAPABILITIES
from .operations import DRIVER, KEPT, OPERATIONS, Operation, kind_of, optional

FORMAT = 1
U64 = 2**64 - 1

STEP = {"do", "as", "start", "by", "needs", "times", "expect", "fails", "details", "note"}
SCENARIO = {"title", "about", "needs", "end", "steps", "cross"}
GENERATORS = {"hex": {"hex"}, "random": {"random", "size", "from", "to"}, "repeat": {"repeat", "size", "from", "to"},
              "of": {"of", "from", "to"}, "join": {"join"}}  # fmt: skip
MATCHERS = {"at_least", "at_most", "not", "matches", "size", "absent", "one_of"}
NAME = re.compile(r"[a-z][a-z0-9_]*(\$n)?")
REFERENCE = re.compile(r"\$(?:\{([a-z][a-z0-9_.]*(?:\$n)?)\}|([a-z][a-z0-9_.]*(?:\$n)?))")
# What every scenario has to begin with.
GIVEN = {"vault": "text", "other_vault": "text", "folder": "text", "scheme": "text", "n": "number"}


class Wrong(Exception):
    """A scenario file that cannot be run; the message has one line for each mistake."""


@dataclass
class Step:
    number: int
    do: str
    arguments: Dict[str, Any]
    as_name: str = ""
    start: str = ""
    by: str = ""
    needs: List[str] = field(default_factory=list)
    times: Any = 1
    expect: Dict[str, Any] = field(default_factory=dict)
    fails: List[str] = field(default_factory=list)
    details: Dict[str, Any] = field(default_factory=dict)

    @property
    def operation(self) -> Operation:
        return OPERATIONS[self.do] if self.do in OPERATIONS else DRIVER[self.do]


@dataclass
class Scenario:
    title: str
    steps: List[Step]
    needs: List[str]
    end: str
    cross: bool
    index: int
    ends: Tuple[str, ...] = ()  # at full scale

    def does(self, operation: str) -> bool:
        return any(step.do == operation for step in self.steps)

    def connects(self, *beginnings: str) -> bool:
        """Whether it connects to a URL that begins so."""
        return any(str(step.arguments.get("url")).startswith(beginnings) for step in self.steps if step.do == "connect")


def load(path: pathlib.Path, codes: Set[str]) -> List[Scenario]:
    """The scenarios of a file. Raises Wrong."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_no_doubles)
    except OSError as problem:
        raise Wrong(f"{path}: {problem.strerror}") from None
    except (ValueError, UnicodeDecodeError) as problem:
        raise Wrong(f"{path}: not JSON: {problem}") from None
    return Reading(path.name, codes).scenarios(document)


def _no_doubles(pairs: Any) -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f'"{key}" is said twice in one object')
        found[key] = value
    return found


class Reading:
    def __init__(self, file: str, codes: Set[str]) -> None:
        self.file = file
        self.codes = codes
        self.problems: List[str] = []
        self.where = file
        self.known: Dict[str, Optional[Operation]] = {}  # names, and what each came from
        self.kept: Dict[str, str] = {}  # names of things in runners, and their kinds

    def wrong(self, what: str) -> None:
        self.problems.append(f"{self.where}: {what}")

    def scenarios(self, document: Any) -> List[Scenario]:
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            said = document.get("format") if isinstance(document, dict) else None
            raise Wrong(f'{self.file}: "format": {FORMAT} is needed, not {json.dumps(said)}; this driver reads no other')
        for key in set(document) - {"format", "about", "scenarios"}:
            self.wrong(f'"{key}" is not known here; a file has format, about and scenarios')
        listed = document.get("scenarios")
        if not isinstance(listed, list) or not listed:
            raise Wrong(f'{self.file}: "scenarios" is to be a list of at least one')
        found, titles = [], set()
        for index, given in enumerate(listed):
            self.where = f"{self.file}: scenario {index + 1}"
            if not isinstance(given, dict) or not isinstance(given.get("title"), str) or not given["title"]:
                self.wrong('is to be an object with a "title"')
                continue
            self.where = f'{self.file}: scenario "{given["title"]}"'
            if given["title"] in titles:
                self.wrong("another one has this title")
            titles.add(given["title"])
            found.append(self.scenario(index, given))
        if self.problems:
            raise Wrong("\n".join(self.problems))
        return found

    def scenario(self, index: int, given: Dict[str, Any]) -> Scenario:
        for key in set(given) - SCENARIO:
            self.wrong(f'"{key}" is not known here; a scenario has {", ".join(sorted(SCENARIO))}')
        end = given.get("end", "close" if index % 2 == 0 else "collect")
        if end not in ("close", "collect"):
            self.wrong(f'"end" is close or collect, not {json.dumps(end)}')
        cross = given.get("cross", False)
        self.known = dict.fromkeys(GIVEN)
        self.kept = {}
        steps = given.get("steps")
        if not isinstance(steps, list) or not steps:
            self.wrong('"steps" is to be a list of at least one')
            steps = []
        title, read = self.where, []
        needs = self.needs(given.get("needs", []))
        for number, step in enumerate(steps, 1):
            do = step.get("do") if isinstance(step, dict) else None
            self.where = f"{title}, step {number} ({do})"
            if isinstance(step, dict):
                read.append(self.step(number, step))
            else:
                self.wrong("is to be an object")
        roles = {step.by for step in read if step and step.do not in DRIVER}
        self.where = title
        if cross and roles - {"writer", "reader"}:
            self.wrong('is "cross", so every step is "by" writer or reader')
        ends = (end,) if "end" in given else ("close", "collect")
        return Scenario(given["title"], [step for step in read if step], needs, end, bool(cross), index, ends)

    def needs(self, given: Any) -> List[str]:
        listed = [given] if isinstance(given, str) else given
        if not isinstance(listed, list) or not all(isinstance(name, str) and name in CAPABILITIES for name in listed):
            self.wrong(f'"needs" is a list of {", ".join(CAPABILITIES)}, not {json.dumps(given)}')
            return []
        return listed

    def step(self, number: int, given: Dict[str, Any]) -> Optional[Step]:
        do = given.get("do")
        operation = OPERATIONS.get(do) or DRIVER.get(do) if isinstance(do, str) else None
        if not operation:
            self.wrong(f'"do" is to be an operation, not {json.dumps(do)}; the README lists them')
            return None
        step = Step(number, do, {key: value for key, value in given.items() if key not in STEP or key in operation.takes})
        step.by = self.word(given, "by")
        step.needs = self.needs(given.get("needs", []))
        step.times = given.get("times", 1)
        if not self.is_number(step.times):
            self.wrong('"times" is a number')
        self.arguments(step, operation)
        self.outcome(step, given, operation)
        self.names(step, given, operation)
        return step

    def word(self, given: Dict[str, Any], key: str) -> str:
        value = given.get(key, "")
        if not isinstance(value, str) or (value and not NAME.fullmatch(value)):
            self.wrong(f'"{key}" is a name (a-z, 0-9, _, and $n at its end), not {json.dumps(value)}')
            return ""
        return value

    def arguments(self, step: Step, operation: Operation) -> None:
        for name, spec in operation.takes.items():
            if name not in step.arguments and not optional(spec):
                self.wrong(f'"{name}" is missing: {step.do} takes {self.list_of(operation.takes)}')
        for name, value in step.arguments.items():
            if name not in operation.takes:
                self.wrong(f'"{name}" is not known; {step.do} takes {self.list_of(operation.takes)}')
            else:
                self.value(f'"{name}"', value, kind_of(operation.takes[name]))

    @staticmethod
    def list_of(specs: Dict[str, str]) -> str:
        return ", ".join(f"{name} ({spec})" for name, spec in specs.items()) or "nothing"

    def outcome(self, step: Step, given: Dict[str, Any], operation: Operation) -> None:
        fails = given.get("fails", [])
        step.fails = [fails] if isinstance(fails, str) else fails
        if not isinstance(step.fails, list) or not all(isinstance(code, str) and code in self.codes for code in step.fails):
            self.wrong(f'"fails" is the name of a code, or a list of them, not {json.dumps(fails)}')
            step.fails = []
        step.details = given.get("details", {})
        step.expect = given.get("expect", {})
        if not isinstance(step.expect, dict) or not isinstance(step.details, dict):
            self.wrong('"expect" and "details" are objects')
            step.expect = step.details = {}
        if step.details and not step.fails:
            self.wrong('"details" are those of a failure; there is no "fails"')
        if step.expect and "SAFE_OK" not in step.fails and step.fails:
            self.wrong('what fails gives nothing to "expect"')
        gives = operation.gives
        if step.do == "wait":
            started = self.known.get(str(step.arguments.get("op", "")))
            gives = started.gives if started else {}
        for name, value in step.expect.items():
            if name not in gives:
                self.wrong(f'"expect": there is no "{name}"; {step.do} gives {self.list_of(gives)}')
            else:
                self.expected(f'"expect": "{name}"', value, kind_of(gives[name]))

    def expected(self, what: str, value: Any, kind: str) -> None:
        if isinstance(value, dict) and value and set(value) <= MATCHERS and not set(value) & set(GENERATORS):
            for number in set(value) & {"at_least", "at_most", "size"}:
                if not self.is_number(value[number]):
                    self.wrong(f'{what}: "{number}" is a number')
            if "matches" in value:
                try:
                    re.compile(value["matches"])
                except (re.error, TypeError) as problem:
                    self.wrong(f'{what}: "matches" is a regular expression: {problem}')
            return
        self.value(what, value, kind)

    def names(self, step: Step, given: Dict[str, Any], operation: Operation) -> None:
        step.as_name, step.start = self.word(given, "as"), self.word(given, "start")
        if operation.makes and not step.as_name and not step.fails:
            self.wrong(f'{step.do} makes a {operation.makes}: "as" names it')
        if step.start and not operation.starts:
            self.wrong(f'{step.do} cannot be started without waiting for its end')
        if step.start and (step.expect or step.fails):
            self.wrong('what was started ends in a "wait": "expect" and "fails" belong there')
        for name in filter(None, (step.as_name, step.start)):
            if name in GIVEN:
                self.wrong(f'"{name}" is given; choose another name')
        if step.as_name:
            if operation.makes:
                self.kept[step.as_name] = operation.makes
            if step.do == "wait":
                started = self.known.get(str(step.arguments.get("op", "")))
                self.known[step.as_name] = started
                if started and started.makes:
                    self.wrong('the "as" of what makes a thing is said where it is started')
            else:
                self.known[step.as_name] = operation
        if step.start:
            self.kept[step.start] = "op"
            self.known[step.start] = operation

    # --- values ---

    def is_number(self, value: Any) -> bool:
        if isinstance(value, dict):
            return set(value) == {"usual", "full"} and all(self.is_number(each) for each in value.values())
        if isinstance(value, str):
            return value.isdigit() and int(value) <= U64 or value.startswith("$")
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= U64

    def value(self, what: str, value: Any, kind: str) -> None:
        for reference in self.references(value):
            self.reference(what, reference)
        if kind in KEPT:
            self.keeper(what, value, kind)
        elif kind == "number" and not self.is_number(value):
            self.wrong(f"{what} is a number from 0 to {U64}, not {json.dumps(value)}")
        elif kind == "flag" and not isinstance(value, bool) and not self.refers(value):
            self.wrong(f"{what} is true or false, not {json.dumps(value)}")
        elif kind in ("text", "link") and not isinstance(value, str) and not (isinstance(value, dict) and "repeat" in value):
            self.wrong(f"{what} is a text, not {json.dumps(value)}")
        elif kind == "address" and not self.refers(value) and not re.fullmatch(r"[0-9a-f]{64}", str(value)):
            self.wrong(f"{what} is an address (64 hex digits), not {json.dumps(value)}")
        elif kind in ("texts", "numbers") and not isinstance(value, list) and not self.refers(value):
            self.wrong(f"{what} is a list, not {json.dumps(value)}")
        elif kind == "bytes":
            self.bytes(what, value)

    def bytes(self, what: str, value: Any) -> None:
        if isinstance(value, str):
            return
        kinds = [kind for kind in GENERATORS if isinstance(value, dict) and kind in value]
        if len(kinds) != 1:
            self.wrong(f"{what} is a text, or an object with one of {', '.join(GENERATORS)}, not {json.dumps(value)}")
            return
        for key in set(value) - GENERATORS[kinds[0]]:
            self.wrong(f'{what}: "{key}" is not known beside "{kinds[0]}"')
        for key in {"random", "size", "from", "to"} & set(value):
            if not self.is_number(value[key]):
                self.wrong(f'{what}: "{key}" is a number, not {json.dumps(value[key])}')
        if kinds[0] in ("random", "repeat") and "size" not in value:
            self.wrong(f'{what}: "size" is missing')
        if kinds[0] == "hex" and not re.fullmatch(r"([0-9a-f]{2})*", str(value["hex"])):
            self.wrong(f'{what}: "hex" has two digits for each byte')
        if kinds[0] == "join":
            for part in value["join"] if isinstance(value["join"], list) else [None]:
                self.bytes(what, part)
        if kinds[0] == "of":
            self.bytes(what, value["of"])

    @staticmethod
    def refers(value: Any) -> bool:
        return isinstance(value, str) and value.startswith("$")

    def references(self, value: Any) -> Iterator[str]:
        if isinstance(value, str):
            for found in REFERENCE.finditer(value):
                yield found.group(1) or found.group(2)
        elif isinstance(value, (list, dict)):
            for part in value.values() if isinstance(value, dict) else value:
                yield from self.references(part)

    def reference(self, what: str, reference: str) -> None:
        name, _, rest = reference.partition(".")
        known = name if name in self.known else next(
            (one for one in self.known if one.endswith("$n") and re.fullmatch(one[:-2] + r"\d+", name)), ""
        )
        if not known:
            self.wrong(f"{what}: no step before has made ${name}")
            return
        operation = self.known[known]
        first = rest.partition(".")[0]
        if operation and first and first not in operation.gives:
            self.wrong(f'{what}: ${name} has no "{first}"; there are {", ".join(operation.gives) or "none"}')

    def keeper(self, what: str, value: Any, kind: str) -> None:
        name = value if isinstance(value, str) else ""
        found = self.kept.get(name) or next(
            (self.kept[one] for one in self.kept if one.endswith("$n") and re.fullmatch(one[:-2] + r"(\d+|\$n)", name)), None
        )
        if not found:
            self.wrong(f"{what} is the name of a {kind} that a step before has made, not {json.dumps(value)}")
        elif kind not in ("thing", found):
            self.wrong(f'{what} is the name of a {kind}; "{name}" is a {found}')
