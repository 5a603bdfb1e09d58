// What a page and its engine's worker say to each other.
import type { Arguments, Call, PutFacts, ReceiptFacts, Result } from '../client/engine.js';
import type { Crossing } from '../client/failures.js';

/** The worker's name: the module that has it serves instead of being used. */
export const WORKER = 'libsafe-engine';

/** Where the bytes of a put are: in the message, in a Blob, or in the page, which is asked for one piece at a time. */
export type Sent =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'blob'; blob: Blob }
  | { kind: 'asked'; size: number | undefined; again: boolean };

type AnyCall = { [Name in Call]: { name: Name; args: Arguments<Name> } }[Call];

export type ToWorker =
  /** The first message. `lock` is held as long as the worker lives. */
  | { kind: 'start'; wasm: WebAssembly.Module | string | undefined; lock: string }
  | { kind: 'call'; id: number; call: AnyCall }
  | { kind: 'put'; id: number; client: number; source: Sent; facts: PutFacts }
  | { kind: 'abort'; id: number }
  /** A piece of a put, or its end. */
  | { kind: 'piece'; id: number; bytes: Uint8Array | null }
  | { kind: 'end'; id: number };

export type FromWorker =
  /** The worker runs; `locked` if it holds the lock. */
  | { kind: 'ready'; locked: boolean }
  | { kind: 'done'; id: number; result: Result<Call> | ReceiptFacts }
  | { kind: 'failed'; id: number; failure: Crossing }
  /** The next piece of a put is wanted; the first one again if it says so. */
  | { kind: 'more'; id: number; most: number; again: boolean }
  | { kind: 'progress'; id: number; done: number; total: number | undefined }
  /** The library has stopped. */
  | { kind: 'broken'; failure: Crossing };
