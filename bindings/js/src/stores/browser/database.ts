// What there is in a store, in IndexedDB: for each key its value's size, and either the value or the name of its file.
// Putting a key in is what makes a value exist, in one step and for all tabs.
import { failure } from '../store.js';
import { isNamed } from './failures.js';

/** The version of the database as well. */
const format = 1;

const entries = 'entries';
const values = 'values';
const byFile = 'file';

export interface Row {
  size: number;
  /** Of a large value. */
  file?: string;
}

export interface Named extends Row {
  key: string;
}

// Keys have no character above "~".
const behindAll = '\x7f';

export class Database {
  readonly #database: IDBDatabase;

  static async open(name: string, noCreate: boolean): Promise<Database> {
    const request = indexedDB.open(name, format);
    request.onupgradeneeded = ({ oldVersion }) => {
      const { result, transaction } = request;
      if (oldVersion === 0 && noCreate) {
        transaction!.abort(); // leaves nothing behind
        return;
      }
      result.createObjectStore(entries).createIndex(byFile, byFile);
      result.createObjectStore(values);
    };
    try {
      return new Database(await done(request));
    } catch (problem) {
      if (noCreate && isNamed(problem, 'AbortError'))
        throw failure('SAFE_STORE_MISSING', 'there is no store of this name here; check the name, or put something there first', problem);
      if (isNamed(problem, 'VersionError'))
        throw failure(
          'SAFE_STORE_VERSION',
          `written by a newer format, this library reads 1-${format}; reload the page to get a newer libsafe, or choose another store`,
          problem,
        );
      throw problem;
    }
  }

  private constructor(database: IDBDatabase) {
    this.#database = database;
    // Somebody changes its format, or clears the site's data.
    database.onversionchange = () => database.close();
  }

  /** False if the key is there. Durable when it returns. `value`: unless it is in a file. */
  async add(key: string, row: Row, value: Uint8Array | null): Promise<boolean> {
    const transaction = this.#change();
    transaction.objectStore(entries).add(row, key);
    if (value) transaction.objectStore(values).add(alone(value), key);
    try {
      await committed(transaction);
      return true;
    } catch (problem) {
      if (isNamed(problem, 'ConstraintError')) return false;
      throw problem;
    }
  }

  /** What was there. */
  async put(key: string, row: Row, value: Uint8Array | null): Promise<Row | undefined> {
    const transaction = this.#change();
    const former = transaction.objectStore(entries).get(key) as IDBRequest<Row | undefined>;
    transaction.objectStore(entries).put(row, key);
    if (value) transaction.objectStore(values).put(alone(value), key);
    else transaction.objectStore(values).delete(key);
    await committed(transaction);
    return former.result;
  }

  /** What was there. */
  async remove(key: string): Promise<Row | undefined> {
    const transaction = this.#change();
    const former = transaction.objectStore(entries).get(key) as IDBRequest<Row | undefined>;
    transaction.objectStore(entries).delete(key);
    transaction.objectStore(values).delete(key);
    await committed(transaction);
    return former.result;
  }

  async row(key: string): Promise<Row | undefined> {
    return done(this.#read(entries).objectStore(entries).get(key) as IDBRequest<Row | undefined>);
  }

  /** The row and the value, as far as there are. */
  async find(key: string): Promise<{ row: Row | undefined; value: Uint8Array | undefined }> {
    const transaction = this.#read(entries, values);
    const row = transaction.objectStore(entries).get(key) as IDBRequest<Row | undefined>;
    const value = transaction.objectStore(values).get(key) as IDBRequest<Uint8Array | undefined>;
    await Promise.all([done(row), done(value)]);
    return { row: row.result, value: value.result };
  }

  /** At most `limit` of those that begin with the prefix and are greater than `after`. */
  async list(prefix: string, after: string, limit: number): Promise<Named[]> {
    const end = prefix + behindAll;
    if (after >= end) return [];
    const range = after < prefix ? IDBKeyRange.bound(prefix, end, false, true) : IDBKeyRange.bound(after, end, true, true);
    const store = this.#read(entries).objectStore(entries);
    const keys = store.getAllKeys(range, limit) as IDBRequest<string[]>;
    const rows = store.getAll(range, limit) as IDBRequest<Row[]>;
    await Promise.all([done(keys), done(rows)]);
    return rows.result.map((row, at) => ({ ...row, key: keys.result[at]! }));
  }

  /** Those of the files that no key has. */
  async unnamed(files: string[]): Promise<string[]> {
    const index = this.#read(entries).objectStore(entries).index(byFile);
    const keys = await Promise.all(files.map((file) => done(index.getKey(file))));
    return files.filter((_, at) => keys[at] === undefined);
  }

  /** What has begun is finished. */
  close(): void {
    this.#database.close();
  }

  #change(): IDBTransaction {
    return this.#database.transaction([entries, values], 'readwrite', { durability: 'strict' });
  }

  #read(...stores: string[]): IDBTransaction {
    return this.#database.transaction(stores, 'readonly');
  }
}

/** Without what else is in its buffer, which would be stored as well. */
const alone = (value: Uint8Array) => (value.length === value.buffer.byteLength ? value : value.slice());

export function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('a request failed'));
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException('a transaction was aborted', 'AbortError'));
  });
}
