// A vault of the origin's (docs/formats.md, "Store of a browser"): small values in IndexedDB, large ones in files that it
// names.
//
// A file is whole and on the disk before its key is put in, and removed after its key was: so whoever ends in between
// leaves a file that no key has, never a key without its file.
import type { Figures, Page, Store } from '../store.js';
import { Database, type Row } from './database.js';
import { doing } from './failures.js';
import { damaged, Files } from './files.js';
import { hold, ifFree } from './locks.js';
import { databaseOf, lockOf, nameOf, topFolder, writerLockOf } from './names.js';

// Above, files are faster; measured in Chromium.
const largestInDatabase = 64 << 10;
const countedAtOnce = 5000;
const lookedUpAtOnce = 200;

export class OriginStore implements Store {
  readonly #name: string;
  readonly #database: Database;
  readonly #files: Files;
  readonly #locks: (() => void)[];
  readonly #clearingUp: Promise<void>;
  #closed = false;

  static async open(url: string, noCreate: boolean): Promise<OriginStore> {
    const name = nameOf(url);
    const writer = randomName();
    const locks: (() => void)[] = [];
    try {
      locks.push(await hold(lockOf(name), { mode: 'shared' }));
      locks.push(await hold(writerLockOf(name, writer), {}));
      const database = await Database.open(databaseOf(name), noCreate);
      try {
        const files = new Files(await folderOf(name), writer);
        return new OriginStore(name, database, files, locks);
      } catch (problem) {
        database.close();
        throw problem;
      }
    } catch (problem) {
      for (const release of locks) release();
      throw problem;
    }
  }

  private constructor(name: string, database: Database, files: Files, locks: (() => void)[]) {
    this.#name = name;
    this.#database = database;
    this.#files = files;
    this.#locks = locks;
    this.#clearingUp = this.#clearUp().catch(() => {}); // the next one may succeed
  }

  async create(key: string, bytes: Uint8Array): Promise<boolean> {
    return doing(async () => {
      if (bytes.length <= largestInDatabase) return this.#database.add(key, { size: bytes.length }, bytes);
      if (await this.#database.row(key)) return false;
      return this.#withFile(bytes, (row) => this.#database.add(key, row, null));
    });
  }

  async replace(key: string, bytes: Uint8Array): Promise<void> {
    await doing(async () => {
      const put = async (row: Row, value: Uint8Array | null) => {
        await this.#removeFile(await this.#database.put(key, row, value));
        return true;
      };
      if (bytes.length <= largestInDatabase) await put({ size: bytes.length }, bytes);
      else await this.#withFile(bytes, (row) => put(row, null));
    });
  }

  async get(key: string, offset: number, length: number): Promise<Uint8Array | null> {
    return doing(async () => {
      for (let missing: string | undefined; ;) {
        const { row, value } = await this.#database.find(key);
        if (!row) return null;
        if (value) return value.subarray(offset, offset + length);
        if (row.file === undefined || row.file === missing) throw damaged('its file is gone');
        const bytes = await this.#files.read(row.file, row.size, offset, length);
        if (bytes) return bytes;
        missing = row.file; // unless it was replaced or removed between the two looks
      }
    });
  }

  async exists(key: string): Promise<boolean> {
    return doing(async () => {
      for (let missing: string | undefined; ;) {
        const row = await this.#database.row(key);
        if (!row) return false;
        if (row.file === undefined || (await this.#files.isWhole(row.file, row.size))) return true;
        if (row.file === missing) throw damaged('its file is gone or cut short');
        missing = row.file;
      }
    });
  }

  async list(prefix: string, after: string, limit: number): Promise<Page> {
    return doing(async () => {
      const found = await this.#database.list(prefix, after, limit + 1);
      const entries = found.slice(0, limit).map(({ key, size }) => ({ key, size }));
      return { entries, more: found.length > limit };
    });
  }

  async remove(key: string): Promise<boolean> {
    return doing(async () => {
      const former = await this.#database.remove(key);
      await this.#removeFile(former);
      return former !== undefined;
    });
  }

  async figures(prefix: string): Promise<Figures> {
    return doing(async () => {
      const { quota = 0, usage = 0 } = await navigator.storage.estimate();
      const figures = { objects: 0, bytes: 0, used: 0, free: Math.max(quota - usage, 0) };
      for (let after = ''; ;) {
        const found = await this.#database.list(prefix, after, countedAtOnce);
        for (const { size } of found) figures.bytes += size;
        figures.objects += found.length;
        if (found.length < countedAtOnce) break;
        after = found.at(-1)!.key;
      }
      if (prefix === '') figures.used = figures.bytes; // that is said of the whole store
      return figures;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#clearingUp;
    // First: nobody may take files for orphans whose keys are still being put in.
    this.#database.close();
    for (const release of this.#locks) release();
  }

  /** `add` puts in what names the file; false if it did not. */
  async #withFile(bytes: Uint8Array, add: (row: Row) => Promise<boolean>): Promise<boolean> {
    const file = await this.#files.write(bytes);
    let added = false;
    try {
      added = await add({ size: bytes.length, file });
    } finally {
      if (!added) await this.#files.remove(file);
    }
    return added;
  }

  async #removeFile(row: Row | undefined): Promise<void> {
    if (row?.file !== undefined) await this.#files.remove(row.file);
  }

  /** Removes the files without a key that were left by those who have ended: no key will come for them. */
  async #clearUp(): Promise<void> {
    for (const [writer, names] of await this.#files.byWriter()) {
      await ifFree(writerLockOf(this.#name, writer), async () => {
        for (let at = 0; at < names.length && !this.#closed; at += lookedUpAtOnce) {
          const orphans = await this.#database.unnamed(names.slice(at, at + lookedUpAtOnce));
          for (const name of orphans) await this.#files.remove(name);
        }
      });
    }
  }
}

async function folderOf(name: string): Promise<FileSystemDirectoryHandle> {
  const top = await navigator.storage.getDirectory();
  return (await top.getDirectoryHandle(topFolder, { create: true })).getDirectoryHandle(name, { create: true });
}

function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
