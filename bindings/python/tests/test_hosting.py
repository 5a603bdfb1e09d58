"""A vault that Python serves: who connects, what it refuses, how it ends."""

import asyncio
import pathlib

import libsafe
import pytest


def test_others_put_and_get_over_its_url(tmp_path: pathlib.Path) -> None:
    with libsafe.Vault.open(f"file:{tmp_path}/vault") as vault:
        url = vault.listen("tcp://127.0.0.1:0")
        assert vault.urls == [url] and url.endswith("#" + vault.key)
        with libsafe.connect(url) as client:
            link = client.put(b"over the network").link
        with libsafe.connect(url) as other:
            assert other.get(link) == b"over the network"
        assert "safe_vault_connections_accepted_total 2\n" in vault.metrics()
    with libsafe.Vault.open(f"file:{tmp_path}/vault") as again:
        assert again.key == url.split("#")[1]


def test_its_limits_hold_and_a_key_can_be_given() -> None:
    key = libsafe.Key.generate()
    with libsafe.Vault.open("mem:", key=key) as vault, libsafe.Vault.open("mem:", key=key) as twin:
        assert vault.key == twin.key
        vault.set_limit(libsafe.VaultLimit.REQUEST_SIZE, 100)
        with libsafe.connect(vault.listen("tcp://127.0.0.1:0")) as client:
            with pytest.raises(libsafe.TooLarge):
                client.chunk_put(bytes(101))
            client.chunk_put(bytes(100))


def test_another_vaults_key_is_refused() -> None:
    with libsafe.Vault.open("mem:") as vault, libsafe.Vault.open("mem:") as other:
        url = vault.listen("tcp://127.0.0.1:0")
        with pytest.raises(libsafe.SafeError):
            libsafe.connect(url.split("#")[0] + "#" + other.key)


def test_it_is_drained_and_closed_also_by_tasks() -> None:
    async def play() -> None:
        vault = await libsafe.Vault.aopen("mem:")
        url = await vault.alisten("tcp://127.0.0.1:0")
        async with await libsafe.aconnect(url) as client:
            await client.aput(b"x")
        await vault.adrain(10)
        assert "safe_vault_draining 1\n" in await vault.ametrics()
        with pytest.raises(libsafe.SafeError):
            await vault.alisten("tcp://127.0.0.1:0")
        vault.close()
        with pytest.raises(libsafe.SafeError):
            vault.metrics()

    asyncio.run(play())
