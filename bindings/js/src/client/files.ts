// The stores behind the file: URLs of one engine: what they were asked, what they hold, and when they are closed.
import type { Ffi } from '../ffi/load.js';
import type { FigureFacts, StoreCounts } from './engine.js';

export interface Files {
  /** Handles of the library that are this one's own. */
  readonly handles: number;
  /** A client is connected to the URL. */
  connected(url: string): void;
  /** Resolved when the URL has no open store, or a client again. */
  closed(url: string): Promise<void>;
  /** Null for URLs that have no store of this kind. */
  figures(url: string): Promise<FigureFacts | null>;
  counts(url: string): StoreCounts | null;
  close(): void;
}

/** The only place that knows where the stores come from. */
export async function openFiles(ffi: Ffi): Promise<Files> {
  void ffi;
  return noFiles;
}

const noFiles: Files = {
  handles: 0,
  connected() {},
  async closed() {},
  figures: async () => null,
  counts: () => null,
  close() {},
};
