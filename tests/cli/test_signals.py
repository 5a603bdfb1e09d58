"""Ctrl-C, kill, and running the same command again."""
import os
import random
import signal
import subprocess
import threading
import time

import pytest
from conftest import MIB, SEED, TOOL, noise


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def started(process):
    """Waits until it handles signals itself: one that comes while the loader is at work ends it as any program."""
    def handles():
        with open(f"/proc/{process.pid}/status") as status:
            mask = next(int(line.split()[1], 16) for line in status if line.startswith("SigCgt:"))
        return mask >> (signal.SIGINT - 1) & 1 or process.poll() is not None
    wait_until(handles)
    return process


@pytest.mark.parametrize("which, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_put_from_stdin_ends_at_once_and_the_vault_stays_sound(safe, which, code):
    process = started(safe.popen("put", "-", stdin=subprocess.PIPE))
    process.stdin.write(noise(20 * MIB))
    process.stdin.flush()
    time.sleep(0.3)
    process.send_signal(which)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (code, b"") and b"interrupted" in err
    safe.run("vault", "verify")


def test_a_get_that_nobody_reads_can_be_interrupted(safe):
    link = safe.put(noise(8 * MIB))
    process = started(safe.popen("get", link))
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130
    process.communicate()


def test_waiting_for_a_fifo_can_be_interrupted(safe):
    os.mkfifo(safe.work / "fifo")
    process = started(safe.popen("put", "fifo"))
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130
    process.communicate()


@pytest.mark.parametrize("which, code", [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_a_get_to_a_file_leaves_all_or_nothing(safe, which, code):
    content = noise(24 * MIB)
    link = safe.put(content)
    begun = time.monotonic()
    safe.run("get", link, "-o", "whole")
    duration = time.monotonic() - begun
    dice, stopped, tries = random.Random(SEED), 0, 0
    while stopped < 6 and tries < 300:
        tries += 1
        process = safe.popen("get", link, "-o", "copy")
        time.sleep(dice.uniform(0.0, 0.9) * duration)
        process.send_signal(which)
        _, err = process.communicate(timeout=60)
        path = safe.work / "copy"
        if process.returncode == code:
            stopped += 1
            assert which == signal.SIGKILL or not path.exists()
        else:
            assert process.returncode in (0, -which), err
            # The run that was measured may have been a slow one, or a quick one: too late, or too early for its handler.
            duration *= 0.9 if process.returncode == 0 else 1.1
        if path.exists():
            assert path.read_bytes() == content
            path.unlink()
        assert safe.listing() == ["whole"], "nothing else is left"
    assert stopped == 6


def test_a_put_of_many_files_that_was_killed_is_simply_run_again(safe):
    for i in range(300):
        safe.file(f"d/{i:03}", noise(20_000, i))
    dice, killed, tries, longest = random.Random(SEED), 0, 0, 0.4
    while tries < 6 or (killed < 1 and tries < 60):
        tries += 1
        process = safe.popen("put", "d", stdout=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.02, longest))
        process.kill()
        process.communicate()
        killed += process.returncode == -9
        if process.returncode != -9:
            longest = max(0.02, longest * 0.8)  # the machine is quicker than that
    assert killed >= 1
    rows = [line.split("\t") for line in safe.out("put", "d").splitlines()]
    assert len(rows) == 300
    safe.run("vault", "verify")
    for link, path in rows[::37]:
        assert safe.run("get", link).stdout == (safe.work / path).read_bytes()


def test_links_printed_before_an_interrupt_are_good(safe):
    safe.file("first", b"first content")
    os.mkfifo(safe.work / "never")
    process = safe.popen("put", "first", "never")
    reader = threading.Timer(60, process.kill) # should the line never come
    reader.start()
    line = process.stdout.readline().decode()
    reader.cancel()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    assert safe.run("get", line.split("\t")[0]).stdout == b"first content"


def test_a_second_signal_ends_it_on_the_spot(safe):
    process = started(safe.popen("put", "-", stdin=subprocess.PIPE))
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 130
    process.communicate()


def test_an_ignored_signal_stays_ignored(safe):
    process = started(subprocess.Popen(["sh", "-c", f'trap "" HUP; exec "{TOOL}" put -'], env=safe.env, cwd=safe.work,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    time.sleep(0.3)
    process.send_signal(signal.SIGHUP)
    time.sleep(0.2)
    out, _ = process.communicate(b"content", timeout=20)
    assert process.returncode == 0 and out.startswith(b"safe:")
