// What keeps a vault's values, as safe/ports.h asks for it: of any number of racing creates of one key, in all processes
// and tabs, exactly one makes it; a value is whole or not there; what was answered is durable.
//
// Keys are 1 to 200 printable ASCII characters, so that JavaScript's order of strings is that of their bytes. Values have
// 0 bytes to 5 MiB.
import { enums } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';

export interface Entry {
  key: string;
  size: number;
}

export interface Page {
  /** Ascending by key. */
  entries: Entry[];
  /** Whether there are more; then there is one entry at least. */
  more: boolean;
}

export interface Figures {
  objects: number;
  /** Of the values. */
  bytes: number;
  /** Of the whole store on its disk, and free there; 0 if not known. */
  used: number;
  free: number;
}

/** An open store. Any number of calls at a time. Failures are SafeErrors with the codes that safe_request_fail takes. */
export interface Store {
  /** False if there is a value already, which stays. */
  create(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Puts the value in the place of what may be there, in one step. */
  replace(key: string, bytes: Uint8Array): Promise<void>;
  /** At most `length` bytes from `offset` on, fewer only at the value's end; null if there is no value. */
  get(key: string, offset: number, length: number): Promise<Uint8Array | null>;
  exists(key: string): Promise<boolean>;
  /** The keys that begin with the prefix and are greater than `after`, at most `limit`. */
  list(prefix: string, after: string, limit: number): Promise<Page>;
  /** False if there was none. */
  remove(key: string): Promise<boolean>;
  figures(prefix: string): Promise<Figures>;
  close(): Promise<void>;
}

export interface StoreKind {
  /** `noCreate`: fail with SAFE_STORE_MISSING instead of making a new store. */
  open(url: string, noCreate: boolean): Promise<Store>;
}

export type CodeName = keyof typeof enums.safe_code;

/** `message`: why, and after a "; " what to do next. What failed on what is said by whoever asked. */
export function failure(codeName: CodeName, message: string, cause?: unknown): SafeError {
  return new SafeError(enums.safe_code[codeName], codeName, message, {}, cause === undefined ? undefined : { cause });
}
