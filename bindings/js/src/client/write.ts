// One put: the source's pieces into a writer, in the engine's own thread.
import { SAFE_PUT_REPLAY, SAFE_SIZE_MISMATCH, SAFE_SIZE_UNKNOWN } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';
import type { safe_client, safe_op, safe_receipt, safe_writer } from '../ffi/functions.js';
import type { Ffi } from '../ffi/load.js';
import type { Told } from './engine.js';
import { during, result } from './operations.js';
import { Gate } from './gate.js';
import { PIECE, type Source } from './sources.js';
import type { Stop } from './stop.js';

// A writer waits for the memory of its first chunk: of content whose size is known with its first byte, else when the bytes
// are more than the encoder gathers. Until then the pieces are small and none is read ahead, so that thousands of puts
// that wait hold little.
const gathered = (64 << 10) + 1;
const first = 16 << 10;
// What a writer in wasm is given at a time: the memory for it comes on top of the encoder's, for each put that is under way.
const slice = 256 << 10;
// Of all that is put at once without a writer.
const whole = new Gate(4 << 20);

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
  const bytes = (await stop.race(source.read(PIECE))) ?? new Uint8Array(0);
  if (bytes.length !== size) {
    throw new SafeError(SAFE_SIZE_MISMATCH, 'SAFE_SIZE_MISMATCH', `put: ${size} bytes were announced, ${bytes.length} came`);
  }
  await whole.enter(size, stop);
  try {
    const receipt = await during(ffi, stop, () => ffi.safe_put(client, bytes, flags), ffi.safe_op_take_receipt);
    told?.(size, size);
    return receipt;
  } finally {
    whole.leave(size);
  }
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

/** Writes the bytes, which are copied once: by the addon, or here into the memory that the writer in wasm has for them. */
function started(ffi: Ffi, writer: safe_writer, bytes: Uint8Array): safe_op {
  if (ffi.engine === 'addon') return ffi.safe_writer_write(writer, bytes);
  ffi.safe_writer_reserve(writer, bytes.length).set(bytes);
  return ffi.safe_writer_commit(writer, bytes.length);
}

/** Writes pieces until the source has no more, or so many bytes are written. */
async function feed({ ffi, source, stop }: Put, writer: safe_writer, most: number, told: Told | undefined): Promise<void> {
  const alone = source.size === undefined ? gathered : 1;
  const given = ffi.engine === 'wasm' ? slice : PIECE;
  let done = 0;
  const read = () => {
    const reading = source.read(done < alone ? Math.min(alone, first) : PIECE);
    reading.catch(() => {}); // it may fail before it is waited for
    return reading;
  };
  let next = read();
  while (done < most) {
    const piece = (await stop.race(next))?.subarray(0, most - done);
    if (piece === undefined || piece.length === 0) return;
    const { length } = piece;
    const ahead = done >= alone && done + length < most;
    for (let at = 0; at < length; at += given) {
      const part = piece.subarray(at, at + given);
      const writing = during(ffi, stop, () => started(ffi, writer, part), result(ffi));
      // All of the piece is copied: the source may use its memory for the next one.
      if (ahead && at + given >= length) next = read();
      await writing;
    }
    done += length;
    told?.(done, source.size);
    if (!ahead && done < most) next = read();
  }
}
