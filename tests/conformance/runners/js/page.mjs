// The page that plays steps. Vaults lie in the storage of its origin, where names are simple: paths are written as such.
import * as libsafe from '/libsafe/libsafe.js';
import * as constants from '/libsafe/ffi.js';
import { Player } from '/play.mjs';

const ask = (what, path, body) =>
  fetch(`/files?do=${what}&path=${encodeURIComponent(path)}`, body ? { method: 'POST', body } : undefined);
const bytes = async (response) => new Uint8Array(await response.arrayBuffer());

new BroadcastChannel('reached').onmessage = ({ data }) => globalThis.safeReached.add(data);

const host = {
  folder: new URL(location.href).searchParams.get('folder'),
  read: async (file) => bytes(await ask('read', file)),
  readIf: async (file) => {
    const found = await ask('read', file);
    return found.ok ? bytes(found) : null;
  },
  write: async (file, data) => void (await ask('write', file, new Blob([data]))),
  create: async (file, data) => (await ask('create', file, new Blob([data]))).ok,
  remove: async (file) => (await ask('remove', file)).ok,
  list: async (folder) => (await ask('list', folder)).json(),
  makeFolder: async (folder, create) => (await ask(create ? 'makeFolder' : 'isFolder', folder)).ok,
  collect: async () => globalThis.gc(),
  reached: async () => globalThis.safeReached,
};

/** A name for a path: a hash of it, and what of it is letters. */
function named(path) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(path)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return `v${hash.toString(16)}-${path.replace(/[^A-Za-z0-9]/g, '').slice(-40)}`;
}

const player = new Player(libsafe, constants, await constants.loadFfi(), host);
globalThis.flat = () => Object.assign(player, { schemes: /^(own\d+|mem):/, servesFlatly: true });
globalThis.play = (line) => {
  const [number, operation, ...words] = line.split(' ');
  const mapped = words.map((word) => (word.startsWith('url=file:') ? `url=file:${named(decodeURIComponent(word.slice(9)))}` : word));
  return player.line([number, operation, ...mapped].join(' '));
};
