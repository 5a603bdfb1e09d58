#!/usr/bin/env python3
"""Runs scenarios in every language, and says what came of it. README.md beside this file is the specification.

    run.py --build build                                    the project's own scenarios, all languages, and every writer
                                                            with every reader
    run.py --build build --scenario FILE --only python,c    any file of the format, in some languages
    run.py --check FILE                                     only says what is wrong with a file

Exit status: 0 all well; 1 a scenario failed, handles were left, or a language reached too little of the C interface (asked of
the project's own scenarios alone); 2 the file or the command line is wrong.
"""

from __future__ import annotations

import argparse
import itertools
import json
import pathlib
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from typing import Dict, List, Tuple

sys.dont_write_bytecode = True

from harness import tables
from harness.daemon import Daemon
from harness.play import Failed, play
from harness.runners import Model, Pool
from harness.scenarios import Scenario, Wrong, load
from harness.session import Broken
from harness.values import FULL, Unknown

HERE = pathlib.Path(__file__).resolve().parent
OWN = HERE / "scenarios.json"
LEAST = 95  # percent of the C interface


class Count:
    """What became of the scenarios of one language, or of one pair."""

    def __init__(self, who: str) -> None:
        self.who = who
        self.played = 0
        self.left_out: Counter[str] = Counter()
        self.problems: List[str] = []

    def play(self, scenario: Scenario, languages: Dict[str, str], pool: Pool) -> None:
        try:
            missing = play(scenario, languages, pool)
        except (Failed, Broken, Unknown) as problem:
            self.problems.append(f'{self.who}: scenario "{scenario.title}", {problem}')
            print(f"FAILED {self.problems[-1]}", flush=True)
            return
        if missing:
            self.left_out[missing] += 1
        else:
            self.played += 1

    def __str__(self) -> str:
        left_out = f", {sum(self.left_out.values())} left out" if self.left_out else ""
        return f"{self.who:<10} {self.played:>4} played{left_out}{f', {len(self.problems)} FAILED' if self.problems else ''}"


def in_language(language: str, scenarios: List[Scenario], pool: Pool) -> Count:
    count = Count(language)
    # In wasm the C interface has no directories: with those it would only do again what the classes do.
    again = pool.languages[language].part_of and not pool.languages[language].shim
    differs = [one for one in scenarios if one.connects("mem:", "$scheme:") or one.does("serve")] if again else []
    for scenario in scenarios if FULL or not differs else differs:
        for end in scenario.ends if FULL else (scenario.end,):
            count.play(replace(scenario, end=end), {"": language}, pool)
    return count


def across(names: List[str], scenarios: List[Scenario], pool: Pool) -> List[Count]:
    """Every writer with every other reader."""
    crossing = [scenario for scenario in scenarios if scenario.cross]
    counts = []
    for writer, reader in itertools.permutations(names, 2) if crossing else []:
        count = Count(f"{writer} -> {reader}")
        for scenario in crossing:
            count.play(scenario, {"writer": writer, "reader": reader}, pool)
        counts.append(count)
    return counts


def by_network(names: List[str], scenarios: List[Scenario], pool: Pool) -> List[Count]:
    """The same, but all of them with one daemon, over the network."""
    pool.close()
    pool.daemon = Daemon(pool.build, pool.folder / "served")
    counts = across([name for name in names if pool.languages[name].reaches], scenarios, pool)
    pool.close()
    pool.daemon.close()
    return counts


def reach(language: str, pool: Pool, lacking: Dict[str, Dict[str, Dict[str, str]]]) -> Tuple[str, List[str]]:
    """What a language reached of the C interface, as one line, and what is wrong with that."""
    asked = pool.model.functions
    note = ""
    listed = lacking.get(language, {}).get("functions", {})
    own = pool.languages[language].asked
    if own is not None:
        asked = [name for name in asked if name in own]
        note = f" of the {len(asked)} that it is made with"
    reached = pool.reached(language)
    missing = [name for name in asked if name not in reached]
    part = 100 * (len(asked) - len(missing)) / max(len(asked), 1)
    problems = []
    if part < LEAST:
        problems.append(f"{language}: reached {part:.1f} % of the C interface, not {LEAST} %: {', '.join(missing)} are missing")
    unexplained = [name for name in missing if name not in listed]
    if unexplained:
        problems.append(f"{language}: not reached, and lacking.json has no reason: {', '.join(unexplained)}")
    stale = [name for name in listed if name in reached or name not in pool.model.functions]
    if stale:
        problems.append(f"{language}: lacking.json has reasons for what is reached, or is not there: {', '.join(stale)}")
    return f"reached {len(asked) - len(missing)} of {len(asked)} functions ({part:.1f} %){note}", problems


def abilities(language: str, pool: Pool, lacking: Dict[str, Dict[str, Dict[str, str]]]) -> List[str]:
    """What is wrong with what a runner says that it can do."""
    from harness.capabilities import CAPABILITIES

    can = pool.session(language, "").can
    listed = set(lacking.get(language, {}).get("capabilities", {}))
    cannot = set(CAPABILITIES) - can - {"shared_vault"}
    problems = [f"{language}: cannot {name}, and lacking.json has no reason" for name in sorted(cannot - listed)]
    return problems + [f"{language}: lacking.json says that it cannot {name}, but it can" for name in sorted(listed - cannot)]


def parts(name: str, names: List[str], pool: Pool) -> List[str]:
    """What belongs to a language and was not named."""
    return [one.name for one in pool.languages.values() if one.part_of == name and one.name not in names]


def chosen(arguments: argparse.Namespace, pool: Pool) -> List[str]:
    """The languages to run. Exits if one that was named cannot."""
    names = arguments.only.split(",") if arguments.only else list(pool.languages)
    for name in names:
        if name not in pool.languages:
            sys.exit(f"run.py: there is no runner {name}; there are {', '.join(pool.languages)}")
    names = [one for name in names for one in (*parts(name, names, pool), name)]
    missing = [name for name in names if not pool.languages[name].needs.exists()]
    if missing and arguments.only:
        print(f"run.py: not built: {', '.join(missing)} ({pool.languages[missing[0]].needs}); type: make build-tests", file=sys.stderr)
        sys.exit(2)
    for name in missing:
        print(f"{name:<10} not built, left out")
    return [name for name in names if name not in missing]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"), help="the build folder")
    parser.add_argument("--scenario", type=pathlib.Path, default=OWN, help="a file of scenarios")
    parser.add_argument("--only", help="languages, separated by commas")
    parser.add_argument("--title", help="only scenarios whose titles contain this")
    parser.add_argument("--part", choices=("languages", "cross", "network"),
                        help="only each language by itself, only writer and reader, or those with one daemon")
    parser.add_argument("--check", type=pathlib.Path, help="check a file and do nothing else")
    parser.add_argument("--operations", action="store_true", help="print the table of operations that the README has")
    parser.add_argument("--capabilities", action="store_true", help="print the table of capabilities that the README has")
    arguments = parser.parse_args()
    if arguments.operations or arguments.capabilities:
        print(tables.operations() if arguments.operations else tables.capabilities(), end="")
        return 0
    model = Model.read(arguments.build.resolve())
    try:
        scenarios = load(arguments.check or arguments.scenario, model.codes)
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 2
    if arguments.check:
        print(f"{arguments.check}: {len(scenarios)} scenarios, {sum(len(one.steps) for one in scenarios)} steps")
        return 0
    whole = arguments.scenario.resolve() == OWN and not arguments.title and arguments.part not in ("cross", "network")
    scenarios = [scenario for scenario in scenarios if (arguments.title or "") in scenario.title]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="conformance-"))
    pool = Pool(arguments.build.resolve(), folder, model)
    try:
        return report(arguments, scenarios, pool, whole)
    finally:
        pool.close()
        shutil.rmtree(folder, ignore_errors=True)


def report(arguments: argparse.Namespace, scenarios: List[Scenario], pool: Pool, whole: bool) -> int:
    lacking = json.loads((HERE / "lacking.json").read_text(encoding="utf-8"))["languages"]
    names = chosen(arguments, pool)
    problems: List[str] = []
    told_already = set()
    for name in names if arguments.part not in ("cross", "network") else []:
        begun = time.monotonic()
        try:
            count = in_language(name, scenarios, pool)
            told = abilities(name, pool, lacking)
        except Broken as broken:  # it does not even start
            problems.append(f"{name}: {broken}")
            print(f"FAILED {problems[-1]}")
            continue
        ended = pool.close()  # what it reached is complete then
        problems += [f"{name}: at its end: {ended}"] if ended else []
        line, short = reach(name, pool, lacking) if not pool.languages[name].part_of else ("", [])
        print(f"{count}; {line}{'; ' if line else ''}{time.monotonic() - begun:.1f} s", flush=True)
        for missing, number in count.left_out.items():
            print(f"{'':<10} {number:>4} left out: {missing}: {lacking.get(name, {}).get('capabilities', {}).get(missing, '')}")
        problems += count.problems + (told + short if whole else [])
        told_already.update(count.problems)
    names = [name for name in names if not pool.languages[name].part_of]
    for part, how in (("cross", across), ("network", by_network)):
        if arguments.part not in (None, part) or len(names) < 2:
            continue
        pairs = how(names, scenarios, pool)
        for pair in pairs:
            problems += pair.problems
            told_already.update(pair.problems)
        print(f"{part}: {len(pairs)} pairs of writer and reader, {sum(pair.played for pair in pairs)} scenarios played, "
              f"{sum(sum(pair.left_out.values()) for pair in pairs)} left out")  # fmt: skip
    for problem in problems:
        if problem not in told_already:
            print(f"FAILED {problem}")
    print("all well" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
