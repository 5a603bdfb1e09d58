"""What somebody at a terminal sees: the bar, colours, and no binary."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time

from conftest import MIB, TOOL, noise

ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Screen:
    """A pseudo-terminal whose output is collected."""

    def __init__(self, columns=80):
        self.leader, self.follower = pty.openpty()
        fcntl.ioctl(self.follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.seen = bytearray()
        self.thread = threading.Thread(target=self._collect, daemon=True)
        self.thread.start()

    def _collect(self):
        while True:
            try:
                data = os.read(self.leader, 65536)
            except OSError:
                return
            if not data:
                return
            self.seen += data

    def text(self):
        os.close(self.follower)
        self.thread.join(timeout=60)
        os.close(self.leader)
        return self.seen.decode(errors="replace")


def slow_put(safe, screen, *args, env=None):
    """Puts 6 MiB that come slowly, with talk on the screen."""
    process = safe.popen("put", *args, "-", stdin=subprocess.PIPE, stderr=screen.follower, env=env or safe.env)
    for i in range(6):
        process.stdin.write(noise(MIB, i))
        process.stdin.flush()
        time.sleep(0.25)
    process.stdin.close()
    process.stdin = None
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return out.decode()


def test_a_bar_appears_and_goes_away(safe):
    screen = Screen()
    link = slow_put(safe, screen)
    text = screen.text()
    assert link.startswith("safe:public-") and link.count("\n") == 1
    assert "MiB/s" in text and "\r" in text and "put" in text
    assert "\r\x1b[K" in text, "the bar is taken away"
    assert "stored 6.0 MiB" in ESCAPE.sub("", text.split("\r")[-2] + text.split("\r")[-1])


def test_no_bar_in_a_pipe_or_when_quiet(safe):
    done = safe.run("put", "-", input=noise(9 * MIB))
    assert done.stderr == b""
    screen = Screen()
    slow_put(safe, screen, "--quiet")
    assert screen.text() == ""


def test_no_colour_is_respected(safe):
    screen = Screen()
    slow_put(safe, screen, env={**safe.env, "NO_COLOR": "1"})
    text = screen.text()
    assert "MiB/s" in text and not re.search(r"\x1b\[[0-9;]*m", text)


def test_a_dumb_terminal_gets_plain_lines(safe):
    screen = Screen()
    slow_put(safe, screen, env={**safe.env, "TERM": "dumb"})
    assert "\x1b" not in screen.text()


def test_a_known_size_shows_share_and_time_left_within_the_width(safe):
    for i in range(40):
        safe.file(f"d/file with a rather long name {i:02}", noise(4 * MIB, i))
    for columns in (30, 60, 100):
        screen = Screen(columns)
        process = safe.popen("put", "--vault", f"file:{safe.folder}/v{columns}", "d", stderr=screen.follower, stdout=subprocess.DEVNULL)
        assert process.wait(timeout=120) == 0
        text = screen.text()
        frames = [ESCAPE.sub("", frame) for frame in re.split(r"[\r\n]+", text) if "%" in frame]
        assert frames and all(len(frame) < columns for frame in frames), frames
        if columns == 100:
            assert any("left" in frame and "━" in frame and "160 MiB" in frame for frame in frames)


def on_screen(safe, *args, **env):
    screen = Screen()
    process = safe.popen(*args, stdout=screen.follower, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env={**safe.env, **env})
    _, err = process.communicate(timeout=60)
    return process.returncode, screen.text(), err.decode()


def test_binary_is_not_written_to_a_terminal(safe):
    safe.file("picture", noise(100_000))
    link = safe.out("put", "picture")
    code, shown, err = on_screen(safe, "get", link)
    assert code == 2 and shown == "" and "-o" in err and "picture" in err
    code, shown, err = on_screen(safe, "cat", link)
    assert code == 2 and shown == ""
    code, shown, err = on_screen(safe, "get", link, "-o", "-")
    assert code == 0 and shown != ""


def test_text_is(safe):
    text = "Grüße, 世界\n" * 200_000
    code, shown, err = on_screen(safe, "get", safe.put(text.encode()))
    assert code == 0 and shown.replace("\r\n", "\n") == text


def test_escape_sequences_in_content_are_binary(safe):
    code, shown, _ = on_screen(safe, "get", safe.put(b"\x1b]0;title\x07 hello\n"))
    assert code == 2 and shown == ""


def test_file_names_cannot_play_with_the_terminal(safe):
    safe.file("evil\x1b[2J", b"content")
    code, shown, _ = on_screen(safe, "put", "-q", ".")
    assert code == 0 and "\x1b[2J" not in shown and "\\x1b" in shown


def test_colours_on_a_terminal_and_none_without(safe):
    _, shown, _ = on_screen(safe, "doctor")
    assert "\x1b[32m" in shown and "✓" in shown
    _, shown, _ = on_screen(safe, "doctor", NO_COLOR="1")
    assert "\x1b" not in shown
    _, shown, _ = on_screen(safe, "doctor", LC_ALL="C")
    assert "✓" not in shown
    assert "\x1b" not in safe.out("doctor")


def test_ctrl_c_clears_the_bar(safe):
    screen = Screen()
    process = safe.popen("put", "-", stdin=subprocess.PIPE, stderr=screen.follower)
    for i in range(4):
        process.stdin.write(noise(MIB, i))
        process.stdin.flush()
        time.sleep(0.25)
    process.send_signal(2)
    process.communicate(timeout=20)
    text = screen.text()
    assert process.returncode == 130 and text.rstrip().endswith("nothing is left half-written")
