// One put: the source's pieces into a writer, in the engine's own thread.
import { SAFE_PUT_REPLAY, SAFE_SIZE_MISMATCH, SAFE_SIZE_UNKNOWN } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';
import type { safe_client, safe_receipt, safe_writer } from '../ffi/functions.js';
import type { Ffi } from '../ffi/load.js';
import type { Told } from './engine.js';
import { during, result } from './operations.js';
import { PIECE, type Source } from './sources.js';
import type { Stop } from './stop.js';

export interface Put {
  ffi: Ffi;
  client: safe_client;
  flags: number;
  source: Source;
  stop: Stop;
  told: Told | undefined;
}

/** Stores what the source gives. The receipt is the caller's. */
export async function write(put: Put): Promise<safe_receipt> {
  const { source } = put;
  return source.again && source.size !== undefined && source.size <= PIECE ? writeWhole(put, source.size) : stream(put);
}

/** What fits into one piece needs no writer, which would keep two chunks of memory. */
async function writeWhole({ ffi, client, flags, source, stop, told }: Put, size: number): Promise<safe_receipt> {
  told?.(0, size);
  const bytes = (await stop.race(source.read())) ?? new Uint8Array(0);
  if (bytes.length !== size) {
    throw new SafeError(SAFE_SIZE_MISMATCH, 'SAFE_SIZE_MISMATCH', `put: ${size} bytes were announced, ${bytes.length} came`);
  }
  const receipt = await during(ffi, stop, () => ffi.safe_put(client, bytes, flags), ffi.safe_op_take_receipt);
  told?.(size, size);
  return receipt;
}

async function stream(put: Put): Promise<safe_receipt> {
  const { ffi, client, source, stop } = put;
  const { size } = source;
  const flags = put.flags | (source.again && size !== undefined ? SAFE_PUT_REPLAY : 0);
  const opening = () => ffi.safe_writer_open(client, size ?? SAFE_SIZE_UNKNOWN, flags);
  const writer = await during(ffi, stop, opening, ffi.safe_op_take_writer);
  try {
    put.told?.(0, size);
    await feed(put, writer, Infinity, put.told);
    const again = Number(ffi.safe_writer_replay_size(writer));
    if (again > 0) {
      source.rewind();
      await feed(put, writer, again, undefined);
    }
    return await during(ffi, stop, () => ffi.safe_writer_close(writer), ffi.safe_op_take_receipt);
  } finally {
    ffi.safe_writer_free(writer);
  }
}

/** Writes pieces until the source has no more, or so many bytes are written. The next one is read meanwhile. */
async function feed({ ffi, source, stop }: Put, writer: safe_writer, most: number, told: Told | undefined): Promise<void> {
  let done = 0;
  let next = source.read();
  try {
    for (;;) {
      const piece = (await stop.race(next))?.subarray(0, most - done);
      if (piece === undefined || piece.length === 0) return;
      ffi.safe_writer_reserve(writer, piece.length).set(piece);
      done += piece.length;
      const { length } = piece;
      if (done < most) next = source.read();
      await during(ffi, stop, () => ffi.safe_writer_commit(writer, length), result(ffi));
      told?.(done, source.size);
      if (done >= most) return;
    }
  } finally {
    next.catch(() => {}); // nobody waits for it, if the put has failed before
  }
}
