// The keys of a directory, in order.
import { fs, ifThere, path } from './files.js';
import { placeOf, readName } from './names.js';

export interface Found {
  key: string;
  file: string;
}

/** The keys that begin with the prefix and are greater than `after`, ascending. `top`: the folder of all values. */
export async function* walk(top: string, prefix: string, after: string): AsyncGenerator<Found> {
  const { folders, begin } = placeOf(prefix);
  yield* inFolder(path().join(top, ...folders), begin, prefix, after);
}

/** `begin`: of all keys in the folder. */
async function* inFolder(folder: string, begin: string, prefix: string, after: string): AsyncGenerator<Found> {
  const names = (await ifThere(fs().readdir(folder))) ?? [];
  const found = [];
  for (const name of names) {
    const read = readName(name);
    if (!read) continue;
    const text = begin + read.piece;
    // Of a folder, `text` is where its keys begin: some may be greater if `after` begins so too.
    const wanted = text > after || (!read.isValue && after.startsWith(text));
    if (wanted && text.startsWith(prefix)) found.push({ text, isValue: read.isValue, at: path().join(folder, name) });
  }
  found.sort((one, other) => (one.text < other.text ? -1 : 1));
  for (const { text, isValue, at } of found) {
    if (isValue) yield { key: text, file: at };
    else yield* inFolder(at, text, prefix, after);
  }
}
