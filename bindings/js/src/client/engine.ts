// What the classes of the package work with: one engine, in this thread or in a worker, that answers the same calls.
//
// Everything that goes in and comes out is plain data. Objects of the library that live on (clients, readers, keys) are
// known by numbers, which the engine gives out and never gives out again.
import type { Source } from './sources.js';

/** A whole number of up to 64 bits: a bigint only where 53 bits are not enough. */
export type Whole = number | bigint;

export interface LinkFacts {
  text: string;
  isPrivate: boolean;
  size: Whole | undefined;
  name: string | undefined;
  mediaType: string | undefined;
  address: Uint8Array | undefined;
  datamap: Uint8Array | undefined;
}

export interface ReceiptFacts {
  link: LinkFacts;
  size: number;
  chunks: { address: Uint8Array; size: number }[];
  newChunks: number;
  newBytes: number;
}

export interface ReaderFacts {
  id: number;
  size: number;
  name: string | undefined;
  mediaType: string | undefined;
}

export interface RecordFacts {
  /** 32 bytes, which follow from owner and label. */
  address: Uint8Array;
  /** The public key that signed it: 32 bytes. */
  owner: Uint8Array;
  label: string;
  /** 0 for the first. */
  version: Whole;
  value: Uint8Array;
}

export interface RecordPage {
  records: RecordFacts[];
  before: Whole | undefined; // where the next page begins, if there is one
}

/** Requests to the store of a client, by kind, since it was opened. */
export interface StoreCounts {
  create: number;
  replace: number;
  get: number;
  exists: number;
  list: number;
  remove: number;
}

export interface FigureFacts {
  /** Values: chunks, versions of records, and a few of the store's own. */
  objects: number;
  /** Bytes of those. */
  bytes: number;
  /** Bytes that they take on the disk; in a browser all that the origin stores. 0 if not known. */
  used: number;
  /** Bytes that are free there; 0 if not known. */
  free: number;
}

/** The calls. Those of objects take their number first. */
export interface Calls {
  connect(url: string, create: boolean, key: number | undefined, anonymous: boolean): number;
  state(client: number): number;
  nextState(client: number, known: number): number;
  setTimeout(client: number, milliseconds: number): void;
  open(client: number, link: string): ReaderFacts;
  read(reader: number, offset: Whole, length: number): Uint8Array;
  chunkGet(client: number, address: Uint8Array): Uint8Array;
  chunkPut(client: number, bytes: Uint8Array): Uint8Array;
  chunkExists(client: number, address: Uint8Array): boolean;
  recordCreate(client: number, key: number, label: string, value: Uint8Array): RecordFacts;
  recordSet(client: number, key: number, label: string, version: Whole, value: Uint8Array): RecordFacts;
  recordGet(client: number, address: Uint8Array, version: Whole | undefined): RecordFacts;
  recordList(client: number, address: Uint8Array, before: Whole | undefined, limit: number): RecordPage;
  recordAddress(owner: Uint8Array, label: string): Uint8Array;
  keyGenerate(): { id: number; publicKey: Uint8Array };
  keyImport(seed: Uint8Array): { id: number; publicKey: Uint8Array };
  keyExport(key: number): Uint8Array;
  keySign(key: number, bytes: Uint8Array): Uint8Array;
  keyVerify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): void;
  linkParse(text: string): LinkFacts;
  linkOfAddress(address: Uint8Array): LinkFacts;
  linkOfDatamap(datamap: Uint8Array): LinkFacts;
  linkWith(text: string, name: string | null, mediaType: string | null): LinkFacts;
  vaultOpen(url: string, create: boolean, key: number | undefined): { id: number; key: string };
  vaultLimit(vault: number, limit: number, value: Whole): void;
  vaultCertificate(vault: number, certificateFile: string, keyFile: string): void;
  /** The URL to connect to. */
  vaultListen(vault: number, url: string): string;
  vaultAccept(vault: number, transportUrl: string): void;
  vaultMetrics(vault: number): string;
  vaultDrain(vault: number, milliseconds: number): void;
  figures(client: number): FigureFacts | null;
  counts(client: number): StoreCounts | null;
  features(): Record<string, boolean>;
  liveHandles(): number;
  heapBytes(): number;
  /** Frees an object and all that belongs to it; what it does is cancelled. */
  free(id: number): void;
}

export type Call = keyof Calls;
export type Arguments<Name extends Call> = Parameters<Calls[Name]>;
export type Result<Name extends Call> = ReturnType<Calls[Name]>;

export interface PutFacts {
  flags: number;
  name: string | null;
  mediaType: string | null;
}

/** Bytes that were taken, and bytes in all if that is known. */
export type Told = (done: number, total: number | undefined) => void;

export interface Engine {
  call<Name extends Call>(name: Name, args: Arguments<Name>, signal?: AbortSignal): Promise<Result<Name>>;
  /** Stores what the source gives, and closes it, however that ends. */
  put(client: number, source: Source, facts: PutFacts, signal?: AbortSignal, told?: Told): Promise<ReceiptFacts>;
  /** Ends it. Everything under way and every later call fails. Gives the handles that nobody had freed. */
  end(): Promise<number>;
}
