// file: for the library in JavaScript, which has no files of its own: stores over the public table of safe/ports.h.
import { failure, type StoreKind } from './store.js';
import { directories } from './node/kind.js';
import { inNode } from '../ffi/pump.js';

export { servePort } from './port.js';
export type { Entry, Figures, Page, Store, StoreKind } from './store.js';

/** What "file:" means here: a directory in Node, a store of the origin in a browser. */
export async function fileStores(): Promise<StoreKind> {
  if (inNode) return directories;
  throw failure('SAFE_UNSUPPORTED', 'there is no file: store in browsers yet; use mem:');
}
