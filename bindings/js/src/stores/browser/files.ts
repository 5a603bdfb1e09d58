// The large values of a store: files of the origin's private file system. Each is written once, under a name that nobody
// knows before it is whole, and then only read and removed: so no reader waits for a writer, in this tab or another.
import { failure } from '../store.js';
import { ifThere, isNamed } from './failures.js';

// Of dedicated workers, and not among the types of pages.
interface SyncAccessHandle {
  read(into: Uint8Array, options: { at: number }): number;
  write(from: Uint8Array, options: { at: number }): number;
  getSize(): number;
  flush(): void;
  close(): void;
}
interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(options?: { mode: 'read-only' }): Promise<SyncAccessHandle>;
}

const syncHandles = (globalThis as { FileSystemSyncAccessHandle?: { prototype: object } }).FileSystemSyncAccessHandle;
// One who reads by such a handle keeps others out, unless the browser knows this mode.
const readsShared = syncHandles !== undefined && 'mode' in syncHandles.prototype;

export class Files {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #writer: string;
  #number = 0;

  /** `writer`: begins the names of all files that are written here. */
  constructor(folder: FileSystemDirectoryHandle, writer: string) {
    this.#folder = folder;
    this.#writer = writer;
  }

  /** The name of a new file with those bytes, which is on the disk. */
  async write(bytes: Uint8Array): Promise<string> {
    const name = `${this.#writer}-${++this.#number}`;
    try {
      const handle = await this.#folder.getFileHandle(name, { create: true });
      await (syncHandles ? writeSync(handle as SyncFileHandle, bytes) : writeStream(handle, bytes));
    } catch (problem) {
      await this.remove(name);
      throw problem;
    }
    return name;
  }

  /** At most `length` bytes from `offset` on, of a file of `size` bytes; null if there is none. */
  async read(name: string, size: number, offset: number, length: number): Promise<Uint8Array | null> {
    const handle = await ifThere(this.#folder.getFileHandle(name));
    if (!handle) return null;
    const begin = Math.min(offset, size);
    const end = Math.min(begin + length, size);
    return (readsShared && (await readSync(handle as SyncFileHandle, size, begin, end))) || readFile(handle, size, begin, end);
  }

  /** Whether there is a file, of that size. */
  async isWhole(name: string, size: number): Promise<boolean> {
    const handle = await ifThere(this.#folder.getFileHandle(name));
    const file = handle && (await ifThere(handle.getFile()));
    return file?.size === size;
  }

  /** It may have gone already. One that somebody reads stays, and is an orphan until somebody clears up. */
  async remove(name: string): Promise<void> {
    await this.#folder.removeEntry(name).catch(() => {});
  }

  /** The names of all files by the writers that made them. */
  async byWriter(): Promise<Map<string, string[]>> {
    const writers = new Map<string, string[]>();
    for await (const name of this.#folder.keys()) {
      const writer = name.slice(0, name.indexOf('-'));
      const names = writers.get(writer);
      if (names) names.push(name);
      else writers.set(writer, [name]);
    }
    return writers;
  }
}

async function writeSync(handle: SyncFileHandle, bytes: Uint8Array): Promise<void> {
  const access = await handle.createSyncAccessHandle();
  try {
    for (let at = 0; at < bytes.length;) {
      const written = access.write(bytes.subarray(at), { at });
      if (written === 0) throw failure('SAFE_STORE_FULL', 'the browser takes no more bytes; free some space');
      at += written;
    }
    access.flush();
  } finally {
    access.close();
  }
}

async function writeStream(handle: FileSystemFileHandle, bytes: Uint8Array): Promise<void> {
  const stream = await handle.createWritable();
  try {
    await stream.write(bytes as Uint8Array<ArrayBuffer>);
  } catch (problem) {
    await stream.abort().catch(() => {});
    throw problem;
  }
  await stream.close();
}

/** Null if it is not to be had this way. */
async function readSync(handle: SyncFileHandle, size: number, begin: number, end: number): Promise<Uint8Array | null> {
  let access;
  try {
    access = await handle.createSyncAccessHandle({ mode: 'read-only' });
  } catch {
    return null;
  }
  try {
    if (access.getSize() !== size) throw damaged('its file is cut short');
    const bytes = new Uint8Array(end - begin);
    for (let at = 0; at < bytes.length;) {
      const read = access.read(bytes.subarray(at), { at: begin + at });
      if (read === 0) throw damaged('its file is cut short');
      at += read;
    }
    return bytes;
  } finally {
    access.close();
  }
}

/** Null if it was removed meanwhile. */
async function readFile(handle: FileSystemFileHandle, size: number, begin: number, end: number): Promise<Uint8Array | null> {
  try {
    const file = await handle.getFile();
    if (file.size !== size) throw damaged('its file is cut short');
    return new Uint8Array(await file.slice(begin, end).arrayBuffer());
  } catch (problem) {
    if (isNamed(problem, 'NotFoundError')) return null;
    throw problem;
  }
}

export const damaged = (why: string) => failure('SAFE_STORE_CORRUPT', `${why}; put it again`);
