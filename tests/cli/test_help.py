"""Help screens, mistyped words, completion scripts."""
import re
import shutil
import subprocess

import pytest
from conftest import TOOL

COMMANDS = ["put", "get", "cat", "info", "vault", "vault info", "vault verify", "vault gc", "vault rm", "vault serve", "record",
            "record create", "record set", "record get", "record list", "key", "key generate", "key public", "doctor",
            "completion", "help"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_usage_options_and_an_example(safe, command):
    text = safe.out(*command.split(), "--help")
    assert text == safe.out("help", *command.split())
    assert text.startswith(f"safe {command}: ") and f"  safe {command}" in text.split("Examples")[1]
    for part in ("Usage", "Options of all commands", "--vault URL", "--quiet", "-h, --help"):
        assert part in text
    assert max(map(len, text.splitlines())) <= 100
    for shown in re.findall(r"^  (?:-\w, |    )(--[\w-]+)", text, re.M):
        assert len(re.findall(rf"^  .*{shown}\b", text, re.M)) >= 1


def test_the_front_page_names_all_commands_and_exit_codes(safe):
    text = safe.out("--help")
    for command in COMMANDS:
        if " " not in command:
            assert re.search(rf"^  {command}  ", text, re.M)
    for code in ["0", "1", "2", "3", "4", "5", "6", "7", "8", r"128\+"]:
        assert re.search(rf"^ *{code}  \S", text, re.M)
    assert text == safe.out("help")


def test_options_that_the_source_takes_are_all_in_the_help(safe):
    """An option that parses but is not shown would be found here: the completion is made from the parser itself."""
    script = safe.out("completion", "bash")
    for command in COMMANDS:
        offered = re.search(rf"'safe {command}'\) if .*?compgen -W '([^']*)'", script).group(1).split()
        text = safe.out(*command.split(), "--help")
        for option in offered:
            assert re.search(rf"(^|[ ,]){option}\b", text, re.M), (command, option)


def test_the_manual_page_has_every_command_and_option(safe):
    page = safe.out("help", "--man")
    assert page.startswith(".TH SAFE 1 ")
    for part in ("NAME", "SYNOPSIS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES"):
        assert f"\n.SH {part}\n" in page
    for command in COMMANDS:
        if command in ("vault", "record", "key"):
            continue
        assert f"\n.SS safe {command}\n" in page
        for option in re.findall(r"^  (?:-\w, |    )(--[\w-]+)", safe.out(*command.split(), "--help"), re.M):
            assert option.replace("-", "\\-") in page
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, capture_output=True, text=True)
        assert done.returncode == 0 and done.stderr == ""


def test_nothing_at_all_shows_where_help_is(safe):
    assert "--help" in safe.err(code=2)
    assert "--help" in safe.err("vault", code=2)


def test_versions(safe):
    assert re.fullmatch(r"safe \d+\.\d+\.\d+ \(libsafe \d+\.\d+\.\d+, ABI \d+\)", safe.out("--version"))


@pytest.mark.parametrize("typed, meant", [
    (["gte", "x"], '"safe get"'), (["pu"], '"safe put"'), (["docter"], '"safe doctor"'), (["vault", "verfy"], '"safe vault verify"'),
    (["put", "--privat", "f"], "--private"), (["put", "--jsno", "f"], "--json"), (["get", "x", "--rnage=1..2"], "--range"),
    (["put", "f", "--valut", "x"], "--vault"), (["help", "recrod"], '"record"'), (["--hepl"], "--help"),
])
def test_a_mistyped_word_names_the_nearest(safe, typed, meant):
    err = safe.err(*typed, code=2)
    assert "did you mean" in err and meant in err


@pytest.mark.parametrize("typed, words", [
    (["xyzzy"], "there is no command"), (["put", "--xyzzy"], "after --"), (["get", "a", "b"], '"b"'), (["get"], "LINK"),
    (["get", "-o"], "--output"), (["completion", "tcsh"], "tcsh"),
])
def test_other_mistakes_say_where_to_look(safe, typed, words):
    err = safe.err(*typed, code=2)
    assert words in err and "hint" in err


def complete(safe, line):
    """What bash offers at the end of the line."""
    script = 'eval "$("$1" completion bash)"; COMP_WORDS=("${@:2}"); COMP_CWORD=$(($# - 2)); _safe; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-uc", script, "bash", TOOL, *line], env=safe.env, cwd=safe.work, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout.split()


def test_bash_completes(safe):
    safe.file("picture.jpg", b"")
    assert complete(safe, ["safe", "p"]) == ["put"]
    assert set(complete(safe, ["safe", ""])) >= {"put", "get", "vault", "doctor"}
    assert complete(safe, ["safe", "put", "--priv"]) == ["--private"]
    assert complete(safe, ["safe", "put", "pic"]) == ["picture.jpg"]
    assert complete(safe, ["safe", "vault", "g"]) == ["gc"]
    assert complete(safe, ["safe", "vault", "gc", "--rem"]) == ["--remove"]
    assert complete(safe, ["safe", "put", "--format", ""]) == ["c2", "s1"]
    assert complete(safe, ["safe", "--vault", "x", "get", "--out"]) == ["--output"]
    assert complete(safe, ["safe", "completion", "f"]) == ["fish"]


@pytest.mark.parametrize("shell, check", [("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])])
def test_completion_scripts_parse(safe, shell, check):
    script = safe.out("completion", shell)
    assert len(script.splitlines()) > 40
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    path = safe.file("script", script.encode())
    done = subprocess.run([*check, path], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
