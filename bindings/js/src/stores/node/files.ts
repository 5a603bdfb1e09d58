// Node's files: what the store does with them, and what their errors mean to its user.
import type { FileHandle } from 'node:fs/promises';
import { SafeError } from '../../ffi/error.js';
import { type CodeName, failure } from '../store.js';

// Not imports: bundlers for browsers would look for them.
export const fs = () => process.getBuiltinModule('node:fs/promises');
export const path = () => process.getBuiltinModule('node:path');
const random = () => process.getBuiltinModule('node:crypto').randomBytes(8).toString('hex');

/** A name that nobody else uses, in this or another process. */
export const uniqueName = () => `${process.pid}-${random()}`;

const codes: Record<string, [CodeName, string]> = {
  ENOSPC: ['SAFE_STORE_FULL', 'free some space'],
  EDQUOT: ['SAFE_STORE_FULL', 'free some space, or raise the quota'],
  EFBIG: ['SAFE_STORE_FULL', 'raise the file size limit'],
  EROFS: ['SAFE_STORE_READ_ONLY', 'check who may write there'],
  EACCES: ['SAFE_STORE_READ_ONLY', 'check who may write there'],
  EPERM: ['SAFE_STORE_READ_ONLY', 'check who may write there'],
  ENOMEM: ['SAFE_OUT_OF_MEMORY', 'end other programs'],
  EMFILE: ['SAFE_STORE_BUSY', 'raise the limit of open files (ulimit -n)'],
  ENFILE: ['SAFE_STORE_BUSY', 'raise the limit of open files (ulimit -n)'],
};

/** The system's code of an error, say "ENOENT". */
export function codeOf(problem: unknown): string {
  return problem instanceof Error && 'code' in problem ? String(problem.code) : '';
}

/** What an error of Node's is to the store's user. */
export function storeFailure(problem: unknown): SafeError {
  if (problem instanceof SafeError) return problem;
  const [codeName, next] = codes[codeOf(problem)] ?? ['SAFE_STORE_IO', 'check the disk and the system log'];
  return failure(codeName, `${problem instanceof Error ? problem.message : String(problem)}; ${next}`, problem);
}

/** What the call gives; null if there is no such file. */
export async function ifThere<Result>(call: Promise<Result>): Promise<Result | null> {
  try {
    return await call;
  } catch (problem) {
    if (codeOf(problem) === 'ENOENT') return null;
    throw problem;
  }
}

export async function withFile<Result>(file: string, flags: string, use: (handle: FileHandle) => Promise<Result>): Promise<Result> {
  const handle = await fs().open(file, flags);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** A new file, on the disk when this returns. */
export async function writeNew(file: string, parts: Uint8Array[]): Promise<void> {
  await withFile(file, 'wx', async (handle) => {
    let left = parts.filter((part) => part.length > 0);
    while (left.length > 0) {
      const { bytesWritten } = await handle.writev(left);
      left = behind(left, bytesWritten);
    }
    await handle.sync();
  });
}

function behind(parts: Uint8Array[], size: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  for (const part of parts) {
    if (size < part.length) left.push(part.subarray(size));
    size = Math.max(size - part.length, 0);
  }
  return left;
}

/** The bytes [offset, offset + length) of a file, fewer at its end. */
export async function readAt(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** What was linked, renamed or removed in it stays so. */
export async function syncFolder(folder: string): Promise<void> {
  await withFile(folder, 'r', (handle) => handle.sync());
}

/** Puts a file under another name, unless that is there: false. */
export async function link(from: string, to: string): Promise<boolean> {
  try {
    await fs().link(from, to);
    return true;
  } catch (problem) {
    switch (codeOf(problem)) {
      case 'EEXIST':
        return false;
      case 'EPERM':
      case 'ENOTSUP':
      case 'EOPNOTSUPP':
      case 'ENOSYS':
        throw failure(
          'SAFE_UNSUPPORTED',
          'its file system has no hard links, without which two writers cannot be kept apart; choose a directory elsewhere',
          problem,
        );
      default:
        throw problem;
    }
  }
}
