// The file that says whose directory this is and in which format (docs/formats.md, "Directory of Node").
import { failure } from '../store.js';
import { codeOf, fs, ifThere, link, path, syncFolder, uniqueName, writeNew } from './files.js';
import { makeFolder } from './folders.js';

const format = 1;
const markerName = 'safe-vault';
const start = 'safe vault wasm format ';
const nativeStart = 'safe vault format ';

/** A name of the marker before it is in its place. Its maker may have ended meanwhile. */
export const isFutureMarker = (name: string) => name.startsWith(`${markerName}.`);

/** Makes sure that it is a directory of ours: makes it if there is nothing and `noCreate` is not set. */
export async function prepare(directory: string, noCreate: boolean): Promise<void> {
  if (await isMarked(directory)) return;
  const names = await ifThere(fs().readdir(directory));
  if (names && !names.every(isFutureMarker)) {
    // Between the two looks another process may have made the vault.
    if (await isMarked(directory)) return;
    throw failure('SAFE_BAD_URL', 'the directory has other things in it; choose an empty or a new one');
  }
  if (noCreate) throw failure('SAFE_STORE_MISSING', 'there is no vault; check the path, or put something there first');
  if (!names) await makeAll(directory);
  await mark(directory);
  // Another kind of process may have been faster.
  await isMarked(directory);
}

async function isMarked(directory: string): Promise<boolean> {
  let text;
  try {
    text = await ifThere(fs().readFile(path().join(directory, markerName), 'latin1'));
  } catch (problem) {
    if (codeOf(problem) === 'ENOTDIR') throw failure('SAFE_BAD_URL', 'it is a file; name a directory', problem);
    if (codeOf(problem) === 'EACCES')
      throw failure('SAFE_ACCESS_DENIED', 'its directory cannot be read; check who may read there', problem);
    throw problem;
  }
  if (text === null) return false;
  check(text);
  return true;
}

function check(text: string): void {
  if (numberAfter(nativeStart, text) !== null)
    throw failure(
      'SAFE_STORE_VERSION',
      'made by a native build of the library, which keeps its vaults in files of another kind; open it with the Node addon ' +
        "(engine: 'addon') or the tool safe, or choose another directory",
    );
  const number = numberAfter(start, text);
  if (number === null)
    throw failure(
      'SAFE_STORE_CORRUPT',
      `its marker file ${markerName} is damaged; restore it, one line "${start}${format}", if this is a vault`,
    );
  if (number > format)
    throw failure(
      'SAFE_STORE_VERSION',
      `written by format ${number}, this library reads 1-${format}; upgrade libsafe or choose another directory`,
    );
}

function numberAfter(begin: string, text: string): number | null {
  const digits = text.startsWith(begin) ? /^([1-9]\d{0,8})\n$/.exec(text.slice(begin.length)) : null;
  return digits ? Number(digits[1]) : null;
}

/** The directory and those above it. */
async function makeAll(directory: string): Promise<void> {
  if (await ifThere(fs().stat(directory))) return;
  const above = path().dirname(directory);
  await makeAll(above);
  await makeFolder(directory);
}

/** The marker appears whole or not at all; losing the race is as good. */
async function mark(directory: string): Promise<void> {
  const marker = path().join(directory, markerName);
  const temporary = `${marker}.${uniqueName()}`;
  await writeNew(temporary, [new TextEncoder().encode(`${start}${format}\n`)]);
  try {
    await link(temporary, marker);
  } finally {
    await fs().unlink(temporary);
  }
  await syncFolder(directory);
}
