// A file of the machine, in Node.
import type { FileHandle } from 'node:fs/promises';
import { SAFE_ACCESS_DENIED, SAFE_FILE_NOT_FOUND, SAFE_IO, SAFE_SOURCE_CHANGED } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';
import { PIECE, type Source } from './sources.js';

export class FileSource implements Source {
  readonly size: number | undefined;
  readonly again: boolean;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #changed: number; // when, by its own clock
  readonly #piece = new Uint8Array(PIECE);
  #at = 0;
  #closed: Promise<void> | undefined;
  #reading: Promise<unknown> = Promise.resolve();

  private constructor(path: string, handle: FileHandle, size: number | undefined, changed: number) {
    this.#path = path;
    this.#handle = handle;
    this.size = size;
    this.again = size !== undefined;
    this.#changed = changed;
  }

  static async open(path: string): Promise<FileSource> {
    // Not an import: bundlers for browsers would look for it.
    const { open } = process.getBuiltinModule('node:fs/promises');
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const facts = await handle.stat();
      if (facts.isDirectory()) throw new SafeError(SAFE_IO, 'SAFE_IO', `cannot read ${path}: it is a directory`);
      // Pipes, and files that the kernel makes up, do not know their size.
      const size = facts.isFile() && facts.size > 0 ? facts.size : undefined;
      return new FileSource(path, handle, size, facts.mtimeMs);
    } catch (problem) {
      await handle?.close();
      throw problem instanceof SafeError ? problem : failed(path, problem);
    }
  }

  read(most: number): Promise<Uint8Array | null> {
    const reading = this.#read(most);
    this.#reading = reading.catch(() => {});
    return reading;
  }

  async #read(most: number): Promise<Uint8Array | null> {
    const wanted = this.size === undefined ? most : Math.min(most, this.size - this.#at);
    if (wanted === 0) return this.#end();
    let bytesRead;
    try {
      const position = this.size === undefined ? null : this.#at;
      ({ bytesRead } = await this.#handle.read(this.#piece, 0, wanted, position));
    } catch (problem) {
      throw failed(this.#path, problem);
    }
    this.#at += bytesRead;
    if (bytesRead === 0) return this.#end();
    return this.#piece.subarray(0, bytesRead);
  }

  async #end(): Promise<null> {
    if (this.size === undefined) return null;
    const facts = await this.#handle.stat();
    if (this.#at === facts.size && facts.mtimeMs === this.#changed) return null;
    throw new SafeError(SAFE_SOURCE_CHANGED, 'SAFE_SOURCE_CHANGED', `${this.#path} was changed while it was being stored`);
  }

  rewind(): void {
    this.#at = 0;
  }

  close(): void {
    this.#closed ??= this.#reading.then(() => this.#handle.close()).catch(() => {});
  }
}

function failed(path: string, problem: unknown): SafeError {
  const { code, message } = problem as NodeJS.ErrnoException;
  const options = { cause: problem };
  const text = `cannot read ${path}: ${message}`;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SafeError(SAFE_FILE_NOT_FOUND, 'SAFE_FILE_NOT_FOUND', text, {}, options);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new SafeError(SAFE_ACCESS_DENIED, 'SAFE_ACCESS_DENIED', text, {}, options);
  }
  return new SafeError(SAFE_IO, 'SAFE_IO', text, {}, options);
}
