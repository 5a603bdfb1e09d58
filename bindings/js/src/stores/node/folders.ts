// Folders that are made when they are needed, each safely entered in the one above.
import { codeOf, fs, path, syncFolder } from './files.js';

// A record has a folder of its own: there may be any number.
const remembered = 4096;

export class Folders {
  readonly #top: string;
  readonly #made = new Map<string, Promise<void>>();

  /** `top`: is there, and safely. */
  constructor(top: string) {
    this.#top = top;
  }

  make(folder: string): Promise<void> {
    if (folder === this.#top) return Promise.resolve();
    let made = this.#made.get(folder);
    if (!made) {
      if (this.#made.size >= remembered) this.#made.clear();
      made = this.#make(folder);
      this.#made.set(folder, made);
      made.catch(() => this.#made.delete(folder));
    }
    return made;
  }

  async #make(folder: string): Promise<void> {
    const above = path().dirname(folder);
    await this.make(above);
    await makeFolder(folder);
  }
}

/** The one above is there. Whoever made this one, it is there safely afterwards. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await fs().mkdir(folder);
  } catch (problem) {
    if (codeOf(problem) !== 'EEXIST') throw problem;
  }
  await syncFolder(path().dirname(folder));
}
