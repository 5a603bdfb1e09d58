// The key of a vault in a directory: the seed, in a file that nobody else may read, as the native library keeps it.
import { failure } from '../store.js';
import { codeOf, fs, path, storeFailure, uniqueName } from './files.js';
import { directoryOf } from './kind.js';

const size = 32;

/** What is in the file; made if there is none. Of racing callers, in all processes, all get the same. */
export async function keptSeed(url: string): Promise<Uint8Array> {
  const file = path().join(directoryOf(url), 'vault.key');
  try {
    return (await load(file)) ?? (await make(file));
  } catch (problem) {
    throw storeFailure(problem);
  }
}

async function load(file: string): Promise<Uint8Array | null> {
  const { O_NOFOLLOW, O_RDONLY } = process.getBuiltinModule('node:fs').constants;
  let handle;
  try {
    handle = await fs().open(file, O_RDONLY | O_NOFOLLOW);
  } catch (problem) {
    if (codeOf(problem) === 'ENOENT') return null;
    throw problem;
  }
  try {
    const status = await handle.stat();
    if (!status.isFile() || status.size !== size) {
      throw failure('SAFE_BAD_KEY', `the vault's key ${file} is not a file of 32 bytes; restore it from a backup, or remove it: ` +
        'then the vault gets a new key, and its URLs change');
    }
    if ((status.mode & 0o77) !== 0) {
      throw failure('SAFE_BAD_KEY', `the vault's key ${file} can be read by others; chmod 600 it, or remove it if somebody may ` +
        'have read it: then the vault gets a new key, and its URLs change');
    }
    return new Uint8Array(await handle.readFile());
  } finally {
    await handle.close();
  }
}

/** Under another name first: the key is whole or not there. */
async function make(file: string): Promise<Uint8Array> {
  const draft = `${file}.${uniqueName()}`;
  const seed = crypto.getRandomValues(new Uint8Array(size));
  try {
    const handle = await fs().open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(seed);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs().link(draft, file).catch((problem) => {
      if (codeOf(problem) !== 'EEXIST') throw problem;
    });
  } finally {
    seed.fill(0);
    await fs().unlink(draft).catch(() => {});
  }
  const folder = await fs().open(path().dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
  const there = await load(file);
  if (there === null) throw failure('SAFE_STORE_IO', `the vault's key ${file} has gone again; who removes it?`);
  return there;
}
