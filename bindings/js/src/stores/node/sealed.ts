// A value's file: the value, its checksum, its length. What is cut short or torn is seen, and never taken for a value.
import { failure } from '../store.js';

const trailer = 8;
const seed = 0x53414645; // so that zeros are no checksum of nothing

const crc32 = (bytes: Uint8Array) => process.getBuiltinModule('node:zlib').crc32(bytes, seed);

export const sizeOfValue = (fileSize: number) => Math.max(fileSize - trailer, 0);

/** What stands behind the value. */
export function sealOf(value: Uint8Array): Uint8Array {
  const seal = new DataView(new ArrayBuffer(trailer));
  seal.setUint32(0, crc32(value), true);
  seal.setUint32(4, value.length, true);
  return new Uint8Array(seal.buffer);
}

/** Whether a file of that size can be whole; `end` is its last bytes. */
export function endsWell(end: Uint8Array, fileSize: number): boolean {
  return end.length === trailer && viewOf(end).getUint32(4, true) === fileSize - trailer;
}

export const endAt = (fileSize: number) => ({ offset: Math.max(fileSize - trailer, 0), length: trailer });

export function unseal(file: Uint8Array): Uint8Array {
  const value = file.subarray(0, Math.max(file.length - trailer, 0));
  const end = file.subarray(value.length);
  if (!endsWell(end, file.length)) throw damaged('its file is cut short');
  if (viewOf(end).getUint32(0, true) !== crc32(value)) throw damaged('its file has other bytes than were written');
  return value;
}

export function damaged(why: string): Error {
  return failure('SAFE_STORE_CORRUPT', `${why}; put it again, or restore the directory from a backup`);
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
