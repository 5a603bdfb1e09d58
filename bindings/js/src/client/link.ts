// Links and receipts: values, which hold nothing of the library.
import { copied, nameOf, optionsOf, textOf, type Bytes } from './arguments.js';
import type { LinkFacts, ReceiptFacts, Whole } from './engine.js';
import { invalid } from './failures.js';
import { ask } from './running.js';

const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * Everything needed to read one piece of content.
 *
 * A private link is a secret: whoever has it can read, and whoever loses it has lost the content. Its text is therefore
 * in {@link Link.text} only: never in what `toString`, `JSON.stringify` or a console show.
 */
export class Link {
  readonly #facts: LinkFacts;

  /** @internal */
  constructor(facts: LinkFacts) {
    this.#facts = facts;
  }

  /**
   * The link that a text says.
   * @throws SafeError with SAFE_BAD_LINK
   */
  static async parse(text: string): Promise<Link> {
    return new Link(await ask('linkParse', [textOf(text, 'link')]));
  }

  /** The link to content whose public data map is stored under the address (32 bytes); its size is not known. */
  static async fromAddress(address: Bytes): Promise<Link> {
    return new Link(await ask('linkOfAddress', [copied(address, 'address', 32)]));
  }

  /**
   * The private link that holds a data map (MessagePack, as in .datamap files).
   * @throws SafeError with SAFE_BAD_DATA_MAP, or SAFE_DATA_TOO_LARGE for a map of more than three chunks
   */
  static async fromDatamap(datamap: Bytes): Promise<Link> {
    return new Link(await ask('linkOfDatamap', [copied(datamap, 'datamap')]));
  }

  /** The same link with another name (128 bytes of UTF-8 at most) and media type (64 bytes), or without. */
  async with(options: { name?: string | null; mediaType?: string | null }): Promise<Link> {
    const { name, mediaType } = optionsOf(options);
    return new Link(await ask('linkWith', [this.text, name ?? null, mediaType ?? null]));
  }

  /** The canonical text, which `open` and `Link.parse` take. A secret if the link is private. */
  get text(): string {
    return this.#facts.text;
  }

  /** Whether the link is a secret. */
  get isPrivate(): boolean {
    return this.#facts.isPrivate;
  }

  /** Bytes of content, if the link says it. */
  get size(): Whole | undefined {
    return this.#facts.size;
  }

  get name(): string | undefined {
    return this.#facts.name;
  }

  get mediaType(): string | undefined {
    return this.#facts.mediaType;
  }

  /**
   * The address of a public link's data map (32 bytes).
   * @throws SafeError with SAFE_INVALID_ARGUMENT for a private link, which has none
   */
  get address(): Uint8Array {
    if (!this.#facts.address) throw invalid('address: a private link has none');
    return this.#facts.address.slice();
  }

  /**
   * The data map of a private link, a secret.
   * @throws SafeError with SAFE_INVALID_ARGUMENT for a public link, whose data map is in the vault
   */
  get datamap(): Uint8Array {
    if (!this.#facts.datamap) {
      throw invalid('datamap: that of a public link is in the vault; get it by its address with getChunk');
    }
    return this.#facts.datamap.slice();
  }

  /** The text of a public link; that a private one is one. */
  toString(): string {
    return this.isPrivate ? `[private link, ${this.size ?? 'unknown'} bytes]` : this.text;
  }

  toJSON(): string {
    return this.toString();
  }

  /** @internal */
  [inspect](): string {
    return `Link ${this}`;
  }
}

/** The text of what is a link or says one. */
export function linkText(link: string | Link): string {
  if (link instanceof Link) return link.text;
  if (typeof link === 'string') return link;
  throw new TypeError(`link: Link or its text expected, not ${nameOf(link)}`);
}

/** One stored chunk. */
export interface Chunk {
  /** BLAKE3-256 of what is stored: 32 bytes. */
  readonly address: Uint8Array;
  /** Bytes as stored. */
  readonly size: number;
}

/** What a put has made. */
export interface Receipt {
  /** All that is needed to read it. */
  readonly link: Link;
  /** Bytes of content. */
  readonly size: number;
  /** All its chunks, in the order in which they were made. */
  readonly chunks: readonly Chunk[];
  /** How many chunks the vault did not have yet. */
  readonly newChunks: number;
  /** Bytes of those. */
  readonly newBytes: number;
}

export function receiptOf(facts: ReceiptFacts): Receipt {
  return { ...facts, link: new Link(facts.link) };
}

