// file: for the library in JavaScript, which has no files of its own: stores over the public table of safe/ports.h.
import { inNode } from '../ffi/pump.js';
import { listOrigin, origins, removeFromOrigin } from './browser/kind.js';
import { directories } from './node/kind.js';
import { failure, type StoreKind } from './store.js';

export { keptSeed } from './node/vault_key.js';
export { servePort } from './port.js';
export type { Entry, Figures, Page, Store, StoreKind } from './store.js';

/** What "file:" means here: a directory in Node, a store of the page's origin in a browser. */
export async function fileStores(): Promise<StoreKind> {
  return inNode ? directories : origins;
}

/** The connection URLs of all stores of the page's origin. */
export async function listStores(): Promise<string[]> {
  if (inNode) throw noOrigin('list stores');
  return listOrigin();
}

/** Removes a store of the page's origin and all that is in it. Fails with SAFE_BUSY while somebody has it open. */
export async function removeStore(url: string): Promise<void> {
  if (inNode) throw noOrigin('remove a store');
  await removeFromOrigin(url);
}

const noOrigin = (what: string) =>
  failure('SAFE_UNSUPPORTED', `cannot ${what}: in Node a store is a directory; use the functions of node:fs`);
