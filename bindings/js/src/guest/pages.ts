// For guests without an allocator: pages that are added to their memory, and belong to the bridge.

const page = 65536;
const smallest = 4; // 16 bytes

export class Pages {
  readonly #memory: WebAssembly.Memory;
  readonly #freed: number[][] = []; // by the logarithm of their size
  readonly #kinds = new Map<number, number>();
  #top = 0;
  #end = 0;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** 0 if the memory cannot grow. */
  allocate(size: number): number {
    const kind = Math.max(smallest, Math.ceil(Math.log2(size)));
    const pointer = this.#freed[kind]?.pop() ?? this.#fresh(2 ** kind);
    if (pointer !== 0) this.#kinds.set(pointer, kind);
    return pointer;
  }

  free(pointer: number): void {
    const kind = this.#kinds.get(pointer);
    if (kind === undefined) return;
    this.#kinds.delete(pointer);
    (this.#freed[kind] ??= []).push(pointer);
  }

  #fresh(size: number): number {
    if (this.#top + size > this.#end) {
      const pages = Math.ceil(size / page);
      let before;
      try {
        before = this.#memory.grow(pages);
      } catch {
        return 0;
      }
      this.#top = before * page;
      this.#end = (before + pages) * page;
    }
    const pointer = this.#top;
    this.#top += size;
    return pointer;
  }
}
