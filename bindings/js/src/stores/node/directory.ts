// A vault in a directory, through Node's files (docs/formats.md, "Directory of Node").
//
// A value is written aside, brought to the disk, and then linked to its place, which fails if something is there: so it is
// whole or not there, and of several creates one succeeds, whatever process they are in. Nobody locks anything.
import type { Entry, Figures, Page, Store } from '../store.js';
import { codeOf, fs, ifThere, link, path, readAt, storeFailure, syncFolder, uniqueName, withFile, writeNew } from './files.js';
import { Folders } from './folders.js';
import { isFutureMarker, prepare } from './marker.js';
import { placeOf, valueName } from './names.js';
import { damaged, fits, sealAt, sealOf, sizeOfValue, unseal } from './sealed.js';
import { type Found, walk } from './walk.js';

const statsAtOnce = 32;
const tries = 5;
// Of what is aside and its writer has forgotten. If one needs longer, it finds its file gone and writes it again.
const staleMs = 3600_000;

interface Where {
  folder: string;
  file: string;
}

export class Directory implements Store {
  readonly #root: string;
  readonly #values: string;
  readonly #aside: string;
  readonly #folders: Folders;

  static async open(root: string, noCreate: boolean): Promise<Directory> {
    try {
      await prepare(root, noCreate);
    } catch (problem) {
      throw storeFailure(problem);
    }
    const directory = new Directory(root);
    await directory.#clearUp();
    return directory;
  }

  private constructor(root: string) {
    this.#root = root;
    this.#values = path().join(root, 'values');
    this.#aside = path().join(root, 'tmp');
    this.#folders = new Folders(root);
  }

  async create(key: string, bytes: Uint8Array): Promise<boolean> {
    return this.#doing(async () => {
      const where = this.#where(key);
      if (await ifThere(fs().stat(where.file))) {
        await syncFolder(where.folder); // who made it may not have done so yet
        return false;
      }
      return this.#put(where, bytes, link);
    });
  }

  async replace(key: string, bytes: Uint8Array): Promise<void> {
    await this.#doing(() =>
      this.#put(this.#where(key), bytes, async (from, to) => {
        await fs().rename(from, to);
        return true;
      }),
    );
  }

  async get(key: string, offset: number, length: number): Promise<Uint8Array | null> {
    return this.#doing(async () => {
      const file = await this.#reading(key, async (handle, size) => readAt(handle, 0, size));
      return file && unseal(file).subarray(offset, offset + length);
    });
  }

  async exists(key: string): Promise<boolean> {
    return this.#doing(async () => {
      const sound = await this.#reading(key, async (handle, size) => {
        const { offset, length } = sealAt(size);
        return fits(await readAt(handle, offset, length), size);
      });
      if (sound === null) return false;
      if (!sound) throw damaged('its file is cut short');
      await syncFolder(this.#where(key).folder);
      return true;
    });
  }

  async list(prefix: string, after: string, limit: number): Promise<Page> {
    return this.#doing(async () => {
      let last = after;
      for (;;) {
        const found: Found[] = [];
        for await (const each of walk(this.#values, prefix, last)) {
          found.push(each);
          if (found.length > limit) break;
        }
        const more = found.length > limit;
        if (more) found.pop();
        const entries = await sized(found);
        if (entries.length > 0 || !more) return { entries, more };
        last = found.at(-1)!.key; // all of them were removed meanwhile
      }
    });
  }

  async remove(key: string): Promise<boolean> {
    return this.#doing(async () => {
      const { folder, file } = this.#where(key);
      const removed = await ifThere(fs().unlink(file).then(() => true));
      if (removed) await syncFolder(folder);
      return removed ?? false;
    });
  }

  async figures(prefix: string): Promise<Figures> {
    return this.#doing(async () => {
      const { bavail, bsize } = await fs().statfs(this.#root);
      const figures = { objects: 0, bytes: 0, used: 0, free: bavail * bsize };
      const count = async (found: Found[]) => {
        for (const status of await Promise.all(found.map(({ file }) => ifThere(fs().stat(file))))) {
          if (!status) continue;
          figures.objects += 1;
          figures.bytes += sizeOfValue(status.size);
          figures.used += status.blocks * 512; // as POSIX counts, whatever the file system's blocks
        }
      };
      let batch: Found[] = [];
      for await (const each of walk(this.#values, prefix, '')) {
        batch.push(each);
        if (batch.length === statsAtOnce) await count(batch.splice(0));
      }
      await count(batch);
      if (prefix !== '') figures.used = 0; // that is said of the whole store
      return figures;
    });
  }

  async close(): Promise<void> {}

  #where(key: string): Where {
    const { folders, rest } = placeOf(key);
    const folder = path().join(this.#values, ...folders);
    return { folder, file: path().join(folder, valueName(rest)) };
  }

  /** Null if there is no such value. */
  async #reading<Result>(
    key: string, use: (handle: Parameters<typeof readAt>[0], size: number) => Promise<Result>,
  ): Promise<Result | null> {
    return ifThere(withFile(this.#where(key).file, 'r', async (handle) => use(handle, (await handle.stat()).size)));
  }

  /** `place` puts what is written aside into its place; false if something was there. */
  async #put(
    { folder, file }: Where, bytes: Uint8Array, place: (from: string, to: string) => Promise<boolean>,
  ): Promise<boolean> {
    const seal = sealOf(bytes);
    for (let left = tries; ; --left) {
      await this.#folders.make(this.#aside);
      await this.#folders.make(folder);
      const aside = path().join(this.#aside, uniqueName());
      try {
        await writeNew(aside, [bytes, seal]);
        const placed = await place(aside, file);
        await ifThere(fs().unlink(aside));
        await syncFolder(folder);
        return placed;
      } catch (problem) {
        await fs().unlink(aside).catch(() => {});
        // Somebody took it for stale.
        if (codeOf(problem) !== 'ENOENT' || left === 1) throw problem;
      }
    }
  }

  /** Removes what processes left aside that ended in the middle of something. It may be left as well. */
  async #clearUp(): Promise<void> {
    for (const [folder, isOurs] of [[this.#aside, () => true], [this.#root, isFutureMarker]] as const) {
      const names = await fs().readdir(folder).catch(() => []);
      for (const name of names.filter(isOurs)) {
        const file = path().join(folder, name);
        const status = await fs().stat(file).catch(() => null);
        if (status && Date.now() - status.mtimeMs > staleMs) await fs().unlink(file).catch(() => {});
      }
    }
  }

  async #doing<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (problem) {
      throw storeFailure(problem);
    }
  }
}

async function sized(found: Found[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let at = 0; at < found.length; at += statsAtOnce) {
    const some = found.slice(at, at + statsAtOnce);
    const stats = await Promise.all(some.map(({ file }) => ifThere(fs().stat(file))));
    stats.forEach((status, index) => {
      if (status) entries.push({ key: some[index]!.key, size: sizeOfValue(status.size) });
    });
  }
  return entries;
}
