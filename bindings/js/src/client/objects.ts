// The objects of an engine that live on between calls, by number.
import type { safe_client, safe_key, safe_reader, safe_vault } from '../ffi/functions.js';
import type { Ffi } from '../ffi/load.js';
import { closed } from './failures.js';
import type { Files } from './files.js';
import type { Stop } from './stop.js';

export interface ClientObject {
  kind: 'client';
  handle: safe_client;
  url: string;
  open: boolean;
  /** Readers, by number, and calls under way: they end with it. */
  readers: Set<number>;
  calls: Set<Stop>;
}

export interface ReaderObject {
  kind: 'reader';
  handle: safe_reader;
  client: ClientObject;
  calls: Set<Stop>;
}

export interface KeyObject {
  kind: 'key';
  handle: safe_key;
}

export interface VaultObject {
  kind: 'vault';
  handle: safe_vault;
  url: string;
  /** What listens for it beside the library, and the connections that came in there. */
  doors: Door[];
  calls: Set<Stop>;
}

export interface Door {
  /** Lets nobody in any more. */
  close(): void;
  /** Resolved when all who came in have gone. */
  empty(): Promise<void>;
}

type AnyObject = ClientObject | ReaderObject | KeyObject | VaultObject;

export class Objects {
  readonly #ffi: Ffi;
  readonly #files: Files;
  readonly #objects = new Map<number, AnyObject>();
  #last = 0;

  constructor(ffi: Ffi, files: Files) {
    this.#ffi = ffi;
    this.#files = files;
  }

  add(object: AnyObject): number {
    this.#objects.set(++this.#last, object);
    return this.#last;
  }

  /** A client for a call, which is stopped when the client is freed. */
  client(id: number, stop: Stop): ClientObject {
    const client = this.#get(id, 'client');
    stop.belong(client.calls);
    return client;
  }

  reader(id: number, stop: Stop): ReaderObject {
    const reader = this.#get(id, 'reader');
    stop.belong(reader.calls);
    return reader;
  }

  vault(id: number, stop: Stop): VaultObject {
    const vault = this.#get(id, 'vault');
    stop.belong(vault.calls);
    return vault;
  }

  key(id: number): safe_key {
    return this.#get(id, 'key').handle;
  }

  /** Frees an object, unless that was done before, and what belongs to it. Resolved when its store is closed too. */
  async free(id: number): Promise<void> {
    const object = this.#objects.get(id);
    if (!object) return;
    this.#objects.delete(id);
    if (object.kind === 'key') return this.#ffi.safe_key_free(object.handle);
    for (const stop of object.calls) stop.stop(closed(`the ${object.kind} was closed`));
    if (object.kind === 'reader') {
      object.client.readers.delete(id);
      return this.#ffi.safe_reader_free(object.handle);
    }
    if (object.kind === 'vault') {
      for (const door of object.doors) door.close();
      this.#ffi.safe_vault_free(object.handle);
      await Promise.all(object.doors.map((door) => door.empty()));
    } else {
      object.open = false;
      for (const reader of object.readers) await this.free(reader);
      this.#ffi.safe_client_free(object.handle);
    }
    if (!this.#connected(object.url)) await this.#files.closed(object.url);
  }

  async freeAll(): Promise<void> {
    await Promise.all([...this.#objects.keys()].map((id) => this.free(id)));
  }

  #get<Kind extends AnyObject['kind']>(id: number, kind: Kind): Extract<AnyObject, { kind: Kind }> {
    const object = this.#objects.get(id);
    if (object?.kind === kind) return object as Extract<AnyObject, { kind: Kind }>;
    throw closed(`the ${kind} was closed`);
  }

  #connected(url: string): boolean {
    for (const object of this.#objects.values()) if ('url' in object && object.url === url) return true;
    return false;
  }
}
