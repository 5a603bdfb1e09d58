// A value's file: the value and its seal, which is its checksum (CRC-32), its length and a mark. What is cut short or torn
// is seen, and never taken for a value.
import { failure } from '../store.js';

const sealSize = 12;
const mark = 0x65666173; // "safe", so that zeros are no seal

const crc32 = (bytes: Uint8Array) => process.getBuiltinModule('node:zlib').crc32(bytes);

export const sizeOfValue = (fileSize: number) => Math.max(fileSize - sealSize, 0);

export function sealOf(value: Uint8Array): Uint8Array {
  const seal = new DataView(new ArrayBuffer(sealSize));
  seal.setUint32(0, crc32(value), true);
  seal.setUint32(4, value.length, true);
  seal.setUint32(8, mark, true);
  return new Uint8Array(seal.buffer);
}

export const sealAt = (fileSize: number) => ({ offset: sizeOfValue(fileSize), length: sealSize });

/** Whether a file of that size can be whole. */
export function fits(seal: Uint8Array, fileSize: number): boolean {
  const view = viewOf(seal);
  return seal.length === sealSize && view.getUint32(4, true) === fileSize - sealSize && view.getUint32(8, true) === mark;
}

export function unseal(file: Uint8Array): Uint8Array {
  const value = file.subarray(0, sizeOfValue(file.length));
  const seal = file.subarray(value.length);
  if (!fits(seal, file.length)) throw damaged('its file is cut short');
  if (viewOf(seal).getUint32(0, true) !== crc32(value)) throw damaged('its file has other bytes than were written');
  return value;
}

export function damaged(why: string): Error {
  return failure('SAFE_STORE_CORRUPT', `${why}; put it again, or restore the directory from a backup`);
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
