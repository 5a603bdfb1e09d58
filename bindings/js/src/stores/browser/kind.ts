// file: in a browser: stores of the page's origin.
import { SafeError } from '../../ffi/error.js';
import { failure, type StoreKind } from '../store.js';
import { done } from './database.js';
import { ifThere, isNamed, storeFailure } from './failures.js';
import { hold } from './locks.js';
import { databaseOf, lockOf, nameOf, topFolder, urlOfDatabase } from './names.js';
import { OriginStore } from './origin_store.js';

export const origins: StoreKind = {
  async open(url, noCreate) {
    await checkPlace();
    try {
      return await OriginStore.open(url, noCreate);
    } catch (problem) {
      throw storeFailure(problem);
    }
  },
};

/** The connection URLs of all stores of the origin. */
export async function listOrigin(): Promise<string[]> {
  const databases = await indexedDB.databases();
  return databases.flatMap(({ name }) => urlOfDatabase(name) ?? []).sort();
}

// Of one who has just been told to close it.
const patienceMs = 2000;

/** Removes a store and all that is in it, unless somebody has it open. */
export async function removeFromOrigin(url: string): Promise<void> {
  const name = nameOf(url);
  await checkPlace();
  let release;
  try {
    release = await hold(lockOf(name), { signal: AbortSignal.timeout(patienceMs) });
  } catch (problem) {
    if (!isNamed(problem, 'TimeoutError') && !isNamed(problem, 'AbortError')) throw storeFailure(problem);
    throw failure('SAFE_BUSY', `cannot remove ${url}: it is open, here or in another tab; close it there`, problem);
  }
  try {
    await done(indexedDB.deleteDatabase(databaseOf(name)));
    const top = await ifThere((await navigator.storage.getDirectory()).getDirectoryHandle(topFolder));
    await ifThere(top?.removeEntry(name, { recursive: true }) ?? Promise.resolve());
  } catch (problem) {
    const { message, code, codeName } = storeFailure(problem);
    throw new SafeError(code, codeName, `cannot remove ${url}: ${message}`, {}, { cause: problem });
  } finally {
    release();
  }
}

/** Fails with what is missing, if something is. */
async function checkPlace(): Promise<void> {
  if (!globalThis.isSecureContext)
    throw failure('SAFE_UNSUPPORTED', 'browsers keep files for pages from https: and localhost only; serve the page so, or use mem:');
  const { storage, locks } = navigator;
  if (typeof storage?.getDirectory !== 'function' || typeof locks?.request !== 'function' || typeof indexedDB !== 'object')
    throw failure('SAFE_UNSUPPORTED', 'this browser lacks the private file system, locks or IndexedDB; use a newer one, or mem:');
  try {
    await storage.getDirectory();
  } catch (problem) {
    throw failure(
      'SAFE_UNSUPPORTED',
      `this window keeps no files for the site (${String(problem)}), as private windows and blocked site data do; use ` +
        'an ordinary window, allow site data, or use mem:',
      problem,
    );
  }
}
