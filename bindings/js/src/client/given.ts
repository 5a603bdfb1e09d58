// What a put was given, as a source.
import { bytesOf, isBuffer, nameOf, wholeOf, type Bytes } from './arguments.js';
import type { Whole } from './engine.js';
import { SAFE_SIZE_MISMATCH } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';
import { inNode } from '../ffi/pump.js';
import { GivenSource, iterated, streamed } from './source-given.js';
import { FileSource } from './source-file.js';
import { BlobSource, BytesSource, type Source } from './sources.js';

/**
 * What can be put: a Blob or File; bytes; a ReadableStream, an async or plain iterable of bytes; in Node also a path, or a
 * file: URL.
 */
export type Content =
  | Blob | Bytes | ReadableStream<Bytes> | AsyncIterable<Bytes> | Iterable<Bytes> | string | URL;

export interface Given {
  source: Source;
  /** What the content says about itself. */
  name?: string;
  mediaType?: string;
}

export async function given(content: Content, size: Whole | undefined): Promise<Given> {
  if (typeof content === 'string' || content instanceof URL) return givenPath(content, size);
  if (ArrayBuffer.isView(content) || isBuffer(content)) {
    return { source: sized(new BytesSource(bytesOf(content as Bytes, 'put')), size) };
  }
  if (isBlob(content)) {
    const { name, type } = content as File;
    return { source: sized(new BlobSource(content), size), name, mediaType: type || undefined };
  }
  const announced = size === undefined ? undefined : Number(wholeOf(size, 'size', Number.MAX_SAFE_INTEGER));
  if (typeof content === 'object' && content !== null) {
    if ('getReader' in content) return { source: new GivenSource(streamed(content as ReadableStream), announced) };
    if (Symbol.asyncIterator in content || Symbol.iterator in content) {
      return { source: new GivenSource(iterated(content as Iterable<unknown>), announced) };
    }
  }
  throw new TypeError(
    `put takes a Blob, bytes, a ReadableStream, an iterable of bytes, or a path in Node, not ${nameOf(content)}`,
  );
}

async function givenPath(path: string | URL, size: Whole | undefined): Promise<Given> {
  if (!inNode) {
    throw new TypeError('put: only Node can put a path; give a File, or text as bytes (new TextEncoder().encode(text))');
  }
  const place = typeof path === 'string' ? path : process.getBuiltinModule('node:url').fileURLToPath(path);
  const source = await FileSource.open(place);
  try {
    return { source: sized(source, size), name: process.getBuiltinModule('node:path').basename(place) };
  } catch (problem) {
    source.close();
    throw problem;
  }
}

/** The source, whose size is what was announced, if that was. */
function sized<Any extends Source>(source: Any, size: Whole | undefined): Any {
  if (size !== undefined && source.size !== undefined) {
    const said = wholeOf(size, 'size', Number.MAX_SAFE_INTEGER);
    if (Number(said) !== source.size) {
      throw mismatch(`put: the size was said to be ${said}, but the content has ${source.size} bytes`);
    }
  }
  return source;
}

function mismatch(message: string): SafeError {
  return new SafeError(SAFE_SIZE_MISMATCH, 'SAFE_SIZE_MISMATCH', message);
}

function isBlob(value: unknown): value is Blob {
  return /^\[object (Blob|File)\]$/.test(Object.prototype.toString.call(value));
}
