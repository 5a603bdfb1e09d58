// What moves bytes to another process, as safe/ports.h asks for it: one reliable stream each way, in order. It knows nothing
// of what the bytes mean.
import { enums } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';

/** At most one send and one receive at a time, beside each other. Failures are SafeErrors that safe_request_fail takes. */
export interface Connection {
  /** 1 byte to 64 KiB. Resolved when they are taken: what holds up the sender is a late answer. */
  send(bytes: Uint8Array): Promise<void>;
  /** At least 1 byte, at most `most`; null when the other side has closed. */
  receive(most: number): Promise<Uint8Array | null>;
  /** What was sent before still goes. A receive that waits ends with null, a send with a failure. Idempotent. */
  close(): void;
}

/** Opens what the URLs of one scheme name. */
export type Open = (url: string) => Promise<Connection>;

/** Bytes that may be on their way in one direction, in this process, before the sender is held up. */
export const room = 256 << 10;

/** How long one connection may take to come about, in milliseconds. */
export const patience = 5000;

type CodeName = keyof typeof enums.safe_code;

/** `message`: why, and after a "; " what to do next. What failed on what is said by whoever asked. */
export function failure(codeName: CodeName, message: string, cause?: unknown): SafeError {
  return new SafeError(enums.safe_code[codeName], codeName, message, {}, cause === undefined ? undefined : { cause });
}

export const lost = (message: string, cause?: unknown) => failure('SAFE_CONNECTION_FAILED', message, cause);
