// What a store is called in each of the places that it is in.
import { failure } from '../store.js';

const begin = 'file:';

/** The store's name. */
export function nameOf(url: string): string {
  const name = url.startsWith(begin) ? url.slice(begin.length) : '';
  if (/^[\w.-]{1,100}$/.test(name) && !/^\.+$/.test(name)) return name;
  throw failure(
    'SAFE_BAD_URL', 'in a browser file: is followed by a name of letters, digits, ".", "-" and "_"; write file:mine, for example',
  );
}

export const urlOf = (name: string) => begin + name;

/** The folder of all stores in the origin's private file system. */
export const topFolder = 'libsafe';

export const databaseOf = (name: string) => `libsafe ${urlOf(name)}`;

/** Of a database; null if it is none of ours. */
export function urlOfDatabase(database: string | undefined): string | null {
  const ours = databaseOf('');
  return database?.startsWith(ours) ? urlOf(database.slice(ours.length)) : null;
}

/** The lock that everybody shares who has the store open. */
export const lockOf = (name: string) => `libsafe ${urlOf(name)}`;

/** The lock of one who has it open and writes files. */
export const writerLockOf = (name: string, writer: string) => `${lockOf(name)} writer ${writer}`;
