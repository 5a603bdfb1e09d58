#!/usr/bin/env python3
"""Shows what SECURITY.md claims about vaults, other users and holders of the same file, through the tool alone.

  run.py CLAIM --safe PROGRAM
"""

import argparse
import json
import os
import random
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))
from served import Served  # noqa: E402

SEED = int(os.environ.get("SAFE_SEED") or int.from_bytes(os.urandom(4), "little"))


class Vault:
    def __init__(self, safe, folder):
        self.safe, self.folder = safe, Path(folder) / "vault"

    def run(self, *command, status=0, **options):
        done = subprocess.run([self.safe, "--vault", f"file:{self.folder}", *map(str, command)], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        if done.returncode != status:
            sys.exit(f"safe {' '.join(map(str, command))} ended with {done.returncode}, not {status}: {done.stderr}")
        return done

    def put(self, path, *options):
        return json.loads(self.run("put", "--json", *options, path).stdout)

    def bytes(self):
        """All that the directory holds, names included."""
        parts = []
        for path in sorted(self.folder.rglob("*")):
            parts.append(str(path.relative_to(self.folder)).encode())
            if path.is_file():
                parts.append(path.read_bytes())
        return b"\0".join(parts)


def text(rng, size):
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(500)]
    out = " ".join(rng.choices(words, k=size // 5))
    return out[:size].encode()


def expect(holds, what):
    if not holds:
        sys.exit(f"not so: {what}")


def private_content_is_nowhere_in_the_vault(vault, folder, rng):
    content = text(rng, 300_000)
    source = folder / "a-name-that-tells-much.txt"
    source.write_bytes(content)
    put = vault.put(source, "--private")
    held = vault.bytes()
    for at in range(0, len(content) - 24, 997):
        expect(content[at:at + 24] not in held, "no piece of the plain text is in the vault's files")
    expect(source.name.encode() not in held, "the file's name is not in the vault")
    expect("address" not in put, "a private put has no address at which its data map could be found")
    for chunk in put["chunks"]:
        done = subprocess.run([vault.safe, "--vault", f"file:{vault.folder}", "get", chunk["name"], "-o", str(folder / "out")],
                              capture_output=True)
        expect(done.returncode != 0 and not (folder / "out").exists(), "no chunk of a private put leads to its content")


def public_content_can_be_read_by_whoever_has_the_address(vault, folder, rng):
    source = folder / "public.txt"
    source.write_bytes(text(rng, 50_000))
    put = vault.put(source)
    expect(put["address"] in {chunk["name"] for chunk in put["chunks"]}, "the data map of a public put is a chunk of the vault")
    vault.run("get", put["address"], "-o", folder / "out")
    expect((folder / "out").read_bytes() == source.read_bytes(), "the address alone is enough to read it")


def who_can_guess_a_file_can_confirm_it(vault, folder, rng):
    """The price of convergent encryption: no key, no link, only the content."""
    form = "Salary of A. Person: {} a year. " + text(rng, 5_000).decode()
    secret = rng.randint(0, 19)
    source = folder / "form.txt"
    source.write_text(form.format(secret))
    vault.put(source, "--private")
    held, hits = vault.bytes(), []
    for guess in range(20):
        (folder / "guess").write_text(form.format(guess))
        chunks = vault.put(folder / "guess", "--private", "--dry-run")["chunks"]
        if all(chunk["name"].encode() in held for chunk in chunks):
            hits.append(guess)
    expect(hits == [secret], f"of twenty guesses exactly the right one is confirmed ({hits}, {secret})")


def equal_files_are_recognised_across_users(vault, folder, rng):
    source = folder / "shared.bin"
    source.write_bytes(rng.randbytes(200_000))
    mine = vault.put(source, "--private")
    again = vault.put(source, "--private")
    expect(mine["chunks"] == again["chunks"] and again["new_chunks"] == 0, "a second user's copy is the same chunks, none new")
    changed = bytearray(source.read_bytes())
    changed[0] ^= 1
    source.write_bytes(changed)
    other = vault.put(source, "--private")
    expect(not {c["name"] for c in mine["chunks"]} & {c["name"] for c in other["chunks"]},
           "one changed bit in a file of three chunks changes all of them")


def altered_chunks_are_never_read(vault, folder, rng):
    source = folder / "source"
    source.write_bytes(rng.randbytes(9_000_000))
    link = vault.put(source, "--private")["link"]
    victim = rng.choice([path for path in vault.folder.rglob("*") if path.is_file() and path.stat().st_size > 1_000_000])
    with open(victim, "r+b") as file:
        at = rng.randrange(victim.stat().st_size)
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0x40]))
    vault.run("get", link, "-o", folder / "out", status=5)
    expect(not (folder / "out").exists(), "of altered content nothing is written")
    vault.run("put", "--private", source)
    vault.run("get", link, "-o", folder / "out")
    expect((folder / "out").read_bytes() == source.read_bytes(), "the next put of the same content mends it")


def private_links_stay_out_of_the_process_list_and_of_messages(vault, folder, rng):
    source = folder / "source"
    source.write_bytes(rng.randbytes(1000))
    link = vault.put(source, "--private")["link"]
    vault.run("get", "-", "-o", folder / "out", input=link + "\n")
    expect((folder / "out").read_bytes() == source.read_bytes(), "a link may come on standard input")
    said = vault.run("get", link[:-1], "-o", folder / "out", status=2)
    secret = link[len("safe:private-") + 8:-1]
    expect(secret not in said.stderr + said.stdout, "what is said about a broken private link does not repeat it")


def the_default_vault_is_for_its_owner_alone(vault, folder, rng):
    source = folder / "source"
    source.write_bytes(b"abcdef")
    env = {key: value for key, value in os.environ.items() if not key.startswith(("SAFE_", "XDG_"))}
    os.umask(0)
    subprocess.run([vault.safe, "put", str(source)], env={**env, "HOME": str(folder / "home")}, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    made = [path for path in (folder / "home").rglob("*") if path.is_file()]
    expect(made, "the default vault is below the home directory")
    for path in made:
        folders = [p for p in path.parents if (folder / "home") in p.parents]
        expect(any(stat.S_IMODE(p.stat().st_mode) & 0o077 == 0 for p in folders),
               f"a folder above {path.relative_to(folder)} lets only its owner in")


def a_vault_of_ones_own_choice_follows_the_umask(vault, folder, rng):
    source = folder / "source"
    source.write_bytes(rng.randbytes(500_000))
    for umask, open_to_others in ((0o022, True), (0o077, False)):
        os.umask(umask)
        chosen = Vault(vault.safe, folder / f"{umask:o}")
        chosen.folder.parent.mkdir()
        chosen.put(source)
        for path in (chosen.folder, *chosen.folder.rglob("*")):
            expect(bool(path.stat().st_mode & 0o044) == open_to_others,
                   f"with umask {umask:03o} others {'can' if open_to_others else 'cannot'} read {path.relative_to(folder)}")


def no_socket_is_opened(vault, folder, rng):
    """Seen from the system: whatever the tool does, it asks for nothing that a network could observe."""
    source = folder / "source"
    source.write_bytes(rng.randbytes(300_000))
    calls = folder / "calls"
    watch = ["strace", "-f", "-qq", "-e", "trace=socket,connect,bind,sendto,sendmsg", "-o", calls]
    if not shutil.which("strace") or subprocess.run([*watch, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        print("strace is missing or not allowed to watch")
        sys.exit(77)
    link = vault.put(source)["link"]
    # LeakSanitizer, where the tool has it, does not work below another tracer.
    env = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
    for command in (["put", "--verify", source], ["get", link, "-o", folder / "out"], ["vault", "verify"], ["doctor"]):
        subprocess.run([*watch, vault.safe, "--vault", f"file:{vault.folder}", *command], check=True, env=env,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # The name service cache of the C library, which doctor asks for the owner's name, is on this machine.
        # A thread that the end of the process met in one has no name for it any more: "???( <detached ...>". What was resumed
        # has said its address where it began.
        seen = [line for line in calls.read_text().splitlines()
                if "(" in line and not any(word in line for word in ("???(", " resumed>", "AF_UNIX"))]
        expect(not seen, f"safe {command[0]} opens no socket: {seen[:3]}")


class Wire:
    """A relay in front of a daemon that keeps all that goes over it, both ways."""

    def __init__(self, port):
        self.target, self.seen = ("127.0.0.1", port), [bytearray(), bytearray()]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            one, other = self.listener.accept()[0], socket.create_connection(self.target)
            for source, target, seen in ((one, other, self.seen[0]), (other, one, self.seen[1])):
                threading.Thread(target=self.relay, args=(source, target, seen), daemon=True).start()

    @staticmethod
    def relay(source, target, seen):
        while data := source.recv(65536):
            seen += data
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class ServedVault(Served):
    """The vault, served by a daemon of its own."""

    def __init__(self, vault):
        super().__init__(vault.safe, f"file:{vault.folder}")
        place, self.key = self.urls["tcp"].split("#")
        self.port = int(place.rsplit(":", 1)[1])

    def url(self, port=None, key=None):
        return f"tcp://127.0.0.1:{port or self.port}#{key or self.key}"


def a_capture_of_the_network_shows_nothing(vault, folder, rng):
    """Neither content nor names nor addresses, in any form in which they are written somewhere."""
    content = text(rng, 300_000)
    source = folder / "a-name-that-tells-much.txt"
    source.write_bytes(content)
    with ServedVault(vault) as daemon:
        wire = Wire(daemon.port)
        remote = [vault.safe, "--vault", daemon.url(wire.port)]
        links = []
        for options in (["--private"], []):
            put = json.loads(subprocess.run([*remote, "put", "--json", *options, source], check=True, stdout=subprocess.PIPE).stdout)
            subprocess.run([*remote, "get", put["link"], "--force", "-o", folder / "out"], check=True, stdout=subprocess.DEVNULL)
            expect((folder / "out").read_bytes() == content, "what was put comes back")
            links.append(put["link"])
            chunks = [chunk["name"] for chunk in put["chunks"]]
    stored = [bytes.fromhex(name) for name in chunks]
    held = [path.read_bytes() for path in vault.folder.rglob("*") if path.is_file() and path.stat().st_size > 1000]
    for way in wire.seen:
        expect(len(way) > 50_000, "a file of 300 kB went both ways, compressed")
        for at in range(0, len(content) - 24, 997):
            expect(content[at:at + 24] not in way, "no piece of the plain text is on the wire")
        for secret in [source.name.encode(), *(link.encode() for link in links), *(name.encode() for name in chunks), *stored,
                       *(data[at:at + 24] for data in held for at in range(200, len(data) - 24, 9973) if len(set(data[at:at + 24])) > 8)]:
            expect(secret not in way, "no name, link or address and nothing that the vault keeps is on the wire")


def another_vault_at_the_address_is_refused(vault, folder, rng):
    """Whoever took over an address, or stands in between with a vault of his own, does not have the key of the URL."""
    source = folder / "source"
    source.write_bytes(rng.randbytes(10_000))
    other = Vault(vault.safe, folder / "other")
    with ServedVault(vault) as served, ServedVault(other) as another:
        link = subprocess.run([vault.safe, "--vault", served.url(), "put", source], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
        for url in (served.url(another.port), another.url(served.port)):
            for command in (["put", source], ["get", link, "-o", folder / "out"]):
                done = subprocess.run([vault.safe, "--vault", url, *command], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                expect(done.returncode != 0 and "BAD_SIGNATURE" in done.stderr, f"another vault is noticed: {done.stderr}")
        expect(not (folder / "out").exists(), "nothing is read from another vault")
    expect(json.loads(other.run("vault", "info", "--json").stdout)["chunks"] == 0, "nothing was sent to another vault")


CLAIMS = {claim.__name__: claim for claim in (
    private_content_is_nowhere_in_the_vault, public_content_can_be_read_by_whoever_has_the_address,
    who_can_guess_a_file_can_confirm_it, equal_files_are_recognised_across_users, altered_chunks_are_never_read,
    private_links_stay_out_of_the_process_list_and_of_messages, the_default_vault_is_for_its_owner_alone,
    a_vault_of_ones_own_choice_follows_the_umask, no_socket_is_opened, a_capture_of_the_network_shows_nothing,
    another_vault_at_the_address_is_refused)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("claim", nargs="?", choices=CLAIMS)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--safe", type=lambda text: Path(text).absolute())
    args = parser.parse_args()
    if args.list:
        print("\n".join(CLAIMS))
        return
    print(f"seed {SEED}")
    with tempfile.TemporaryDirectory() as folder:
        CLAIMS[args.claim](Vault(args.safe, folder), Path(folder), random.Random(SEED))


if __name__ == "__main__":
    main()
