// What an engine knows of the stores behind the file: URLs of its clients.
import type { FigureFacts, StoreCounts } from './engine.js';
import type { Stop } from './stop.js';

export interface Files {
  /** Handles of the library that are its own. */
  readonly handles: number;
  /** A client is connected to the URL: what is open for it stays so. */
  connected(url: string): void;
  /** Resolved when nothing is open for the URL, or a client is connected again. */
  closed(url: string): Promise<void>;
  /** Null for URLs of other kinds. */
  figures(url: string, stop: Stop): Promise<FigureFacts | null>;
  /** Null where nobody counts. */
  counts(url: string): StoreCounts | null;
  /** The seed of the key that is kept with the vault of a URL, which is there; null where the library sees to it itself. */
  vaultSeed: ((url: string) => Promise<Uint8Array>) | null;
  close(): void;
}
