// The calls of an engine about vaults that are served to others.
import { SAFE_CONNECT_NO_CREATE, SAFE_UNSUPPORTED } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';
import type { safe_key, safe_vault } from '../ffi/functions.js';
import type { Ffi } from '../ffi/load.js';
import { inNode } from '../ffi/pump.js';
import type { Transports } from '../transports/index.js';
import { bytesFacts } from './facts.js';
import type { Files } from './files.js';
import type { Door, Objects, VaultObject } from './objects.js';
import { during, result } from './operations.js';
import type { Served } from './served.js';
import { Stop } from './stop.js';

type Serving = Pick<Served, Extract<keyof Served, `vault${string}`>>;

export function serving(ffi: Ffi, objects: Objects, files: Files, transports: Transports | undefined): Serving {
  async function opened(stop: Stop, key: safe_key | null, url: string, flags: number): Promise<safe_vault> {
    return during(ffi, stop, () => ffi.safe_vault_open(key, url, flags), ffi.safe_op_take_vault);
  }

  /** With the key that is kept in the vault's directory, which may have to be made. */
  async function openedWithKept(stop: Stop, url: string, flags: number, seedOf: (url: string) => Promise<Uint8Array>) {
    const client = await during(ffi, stop, () => ffi.safe_connect(url, flags), ffi.safe_op_take_client);
    try {
      const seed = await seedOf(url);
      const key = ffi.safe_key_import(seed);
      seed.fill(0);
      try {
        return await opened(stop, key, url, flags);
      } finally {
        ffi.safe_key_free(key);
      }
    } finally {
      ffi.safe_client_free(client);
    }
  }

  /** Where the library has no sockets, and Node has. */
  async function listenBeside(stop: Stop, vault: VaultObject, url: string, sockets: Transports): Promise<string> {
    const serving = new Set<Promise<void>>();
    const serve = (transportUrl: string) => {
      // Its failures are the affair of who came.
      const one = during(ffi, new Stop(), () => ffi.safe_vault_accept(vault.handle, transportUrl), result(ffi)).catch(() => {});
      serving.add(one);
      return one.finally(() => serving.delete(one));
    };
    const listener = await sockets.listen(url, serve);
    if (stop.reason) listener.close();
    stop.check();
    const door: Door = {
      close: () => listener.close(),
      empty: async () => {
        while (serving.size > 0) await Promise.all(serving);
      },
    };
    vault.doors.push(door);
    return `${listener.url}#${ffi.safe_vault_key(vault.handle)}`;
  }

  return {
    async vaultOpen(stop, url, create, key) {
      const flags = create ? 0 : SAFE_CONNECT_NO_CREATE;
      const kept = key === undefined && url.startsWith('file:') ? files.vaultSeed : null;
      const handle = kept
        ? await openedWithKept(stop, url, flags, kept)
        : await opened(stop, key === undefined ? null : objects.key(key), url, flags);
      files.connected(url);
      return { id: objects.add({ kind: 'vault', handle, url, doors: [], calls: new Set() }), key: ffi.safe_vault_key(handle) };
    },
    vaultLimit: (stop, id, limit, value) => ffi.safe_vault_set_limit(objects.vault(id, stop).handle, limit as never, value),
    vaultCertificate: (stop, id, certificate, key) =>
      ffi.safe_vault_set_certificate(objects.vault(id, stop).handle, certificate, key),
    async vaultListen(stop, id, url) {
      const vault = objects.vault(id, stop);
      try {
        await during(ffi, stop, () => ffi.safe_vault_listen(vault.handle, url), result(ffi));
        return ffi.safe_vault_url(vault.handle, ffi.safe_vault_url_count(vault.handle) - 1n)!;
      } catch (problem) {
        // Whatever is wrong with the URL was said before that.
        const none = problem instanceof SafeError && problem.code === SAFE_UNSUPPORTED;
        if (!none || !transports || !inNode) throw problem;
        return listenBeside(stop, vault, url, transports);
      }
    },
    async vaultAccept(stop, id, transportUrl) {
      const { handle } = objects.vault(id, stop);
      await during(ffi, stop, () => ffi.safe_vault_accept(handle, transportUrl), result(ffi));
    },
    async vaultMetrics(stop, id) {
      const { handle } = objects.vault(id, stop);
      const bytes = await during(ffi, stop, () => ffi.safe_vault_metrics(handle), ffi.safe_op_take_bytes);
      return new TextDecoder().decode(bytesFacts(ffi, bytes));
    },
    async vaultDrain(stop, id, milliseconds) {
      const vault = objects.vault(id, stop);
      for (const door of vault.doors) door.close();
      await during(ffi, stop, () => ffi.safe_vault_drain(vault.handle, milliseconds), result(ffi));
    },
  };
}
