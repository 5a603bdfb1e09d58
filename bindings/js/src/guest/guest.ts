// One guest: its memory, its handles, its callbacks. The generated bridge (capi/model/gen_guest.py) is made of this.
import type { Core, Listener } from '../ffi/core.js';
import { SAFE_INVALID_ARGUMENT, SAFE_OUT_OF_MEMORY } from '../ffi/constants.js';
import type { Heap } from '../ffi/heap.js';
import { GuestMemory, hex } from './memory.js';

/** Frees one handle of the library. */
type Free = (handle: number) => void;

/** A handle of the guest's, and what it was lent with it: in its own memory, until the handle is freed. */
interface Owned {
  free: Free;
  lent: Map<string, number>;
  reserved: { library: number; guest: number; size: number } | null;
}

/** A value that no handle of the library ever has: its type is 0. */
const foreign = 1;
const notText = Uint8Array.of(0xff, 0);
const encoder = new TextEncoder();

/** What the bridge uses of a guest. */
export interface GuestExports {
  memory: WebAssembly.Memory;
  table: WebAssembly.Table | undefined;
  /** Memory for what the library gives out: the guest's own allocator, if it has one. */
  allocate(size: number): number;
  free(pointer: number): void;
}

export class Guest {
  readonly invalidArgument = SAFE_INVALID_ARGUMENT;
  readonly outOfMemory = SAFE_OUT_OF_MEMORY;
  readonly #core: Core;
  readonly #heap: Heap;
  readonly #owned = new Map<number, Owned>();
  readonly #forEver: Owned = { free: () => {}, lent: new Map(), reserved: null };
  readonly #report: (message: string, problem?: unknown) => void;
  readonly #listeners = new Set<number>();
  #memory!: GuestMemory;
  #exports!: GuestExports;
  #dead: unknown = null; // why it runs no more

  constructor(core: Core, report: (message: string, problem?: unknown) => void) {
    this.#core = core;
    this.#heap = core.heap;
    this.#report = report;
  }

  /** The guest is there: until then it cannot have called. */
  attach(exports: GuestExports): void {
    this.#memory = new GuestMemory(exports.memory, (where, what) => this.mistake(where, what));
    this.#exports = exports;
  }

  get attached(): boolean {
    return this.#memory !== undefined;
  }

  /** Whether it may call and be called. */
  get alive(): boolean {
    return this.#dead === null;
  }

  get liveHandles(): number {
    return this.#owned.size;
  }

  mistake(where: string, what: string): void {
    this.#report(`${where}: ${what}`);
  }

  // --- handles ---

  /** The handle, if it is the guest's own; NULL stays NULL. */
  own(value: number, where: string): number {
    const handle = value >>> 0;
    if (handle === 0 || this.#owned.has(handle)) return handle;
    this.mistake(where, `${hex(handle)} is not a handle of this guest`);
    return foreign;
  }

  added(value: number, free: Free): number {
    const handle = value >>> 0;
    if (handle !== 0) this.#owned.set(handle, { free, lent: new Map(), reserved: null });
    return handle;
  }

  started(value: number, name: string, free: Free): number {
    return this.added(this.#core.started(value, name), free);
  }

  /** Frees a handle of the type that `free` is for, and all that the guest was lent with it. */
  free(value: number, free: Free, where: string): void {
    const handle = this.own(value, where);
    const owned = this.#owned.get(handle);
    if (!owned) return;
    if (owned.free !== free) {
      this.mistake(where, `${hex(handle)} is a handle of another type`);
      return;
    }
    this.#owned.delete(handle);
    free(handle);
    for (const pointer of owned.lent.values()) this.#release(pointer);
    if (owned.reserved) this.#release(owned.reserved.guest);
  }

  // --- what goes in: into the library's memory, until the call is over ---

  string(pointer: number, where: string): number {
    const text = this.#memory.text(pointer, where);
    if (text === null) return 0;
    return this.#heap.copy(text ?? notText); // what is no text is refused as none, also where NULL is allowed
  }

  bytes(pointer: number, size: number, where: string): number {
    const range = this.#memory.range(pointer, size, where);
    return range ? this.#heap.copy(range) : 0;
  }

  /** Starts an operation that keeps a buffer of the guest's, or fills it. */
  lending(
    pointer: number, size: number, fills: boolean, where: string, name: string, free: Free, start: (lent: number) => number,
  ): number {
    const range = this.#memory.range(pointer, size, where);
    if (!range) return this.started(start(0), name, free);
    const fill = (from: Uint8Array) => {
      if (this.alive) this.#memory.range(pointer, size, where)?.set(from);
    };
    return this.added(this.#core.lending(range, fills ? fill : null, name, start), free);
  }

  // --- what comes out: into the guest's memory ---

  /** Room in the library's memory for an output; NULL if the guest has no room for it. */
  room(pointer: number, size: number, where: string): number {
    return this.#memory.range(pointer, size, where) ? this.#heap.take(size >>> 0) : 0;
  }

  give(pointer: number, from: number, size: number): void {
    if (from !== 0) this.#memory.all().set(this.#heap.view(from, size >>> 0), pointer >>> 0);
  }

  giveHandle(pointer: number, from: number, free: Free): void {
    if (from === 0) return;
    this.added(this.#heap.u32(from), free);
    this.give(pointer, from, 4);
  }

  /** A text that belongs to a handle (0: to nobody, it lives for ever). */
  giveText(handle: number, value: number): number {
    const text = this.#heap.text(value);
    const owned = handle === 0 ? this.#forEver : this.#owned.get(handle >>> 0);
    if (text === null || !owned) return 0;
    const known = owned.lent.get(`text ${text}`);
    if (known !== undefined) return known;
    const bytes = encoder.encode(`${text}\0`);
    const pointer = this.#allocate(bytes.length);
    if (pointer === 0) return 0;
    this.#memory.all().set(bytes, pointer);
    owned.lent.set(`text ${text}`, pointer);
    return pointer;
  }

  /** Bytes that belong to a handle. */
  giveBytes(handle: number, name: string, size: () => number, value: () => number): number {
    const owned = this.#owned.get(handle >>> 0);
    const known = owned?.lent.get(name);
    if (known !== undefined) return known;
    const length = size() >>> 0;
    if (!owned || value() === 0) return 0;
    const pointer = this.#allocate(length || 1);
    if (pointer === 0) return 0;
    // The guest has run meanwhile, in its allocator.
    const from = value() >>> 0;
    if (from === 0 || size() >>> 0 !== length || this.#owned.get(handle >>> 0) !== owned) return 0;
    this.#memory.all().set(this.#heap.view(from, length), pointer);
    owned.lent.set(name, pointer);
    return pointer;
  }

  /** Memory of an object, to be filled in by the guest: has a twin in the guest, whose content is handed in later. */
  giveMemory(handle: number, pointer: number, from: number, size: number): boolean {
    const owned = this.#owned.get(handle >>> 0);
    if (!owned) return false;
    const library = this.#heap.u32(from);
    const former = owned.reserved;
    owned.reserved = null;
    let guest = former?.guest ?? 0;
    if (guest === 0 || former!.size < size >>> 0) {
      this.#release(guest);
      guest = this.#allocate(size >>> 0);
    }
    if (guest === 0 || this.#owned.get(handle >>> 0) !== owned) return false;
    owned.reserved = { library, guest, size: size >>> 0 };
    new DataView(this.#memory.all().buffer).setUint32(pointer >>> 0, guest, true);
    return true;
  }

  /** The object is about to be changed: it gets what the guest has written into its memory. */
  handIn(handle: number): void {
    const reserved = this.#owned.get(handle >>> 0)?.reserved;
    if (!reserved || reserved.library === 0) return;
    this.#heap.write(this.#memory.all().subarray(reserved.guest, reserved.guest + reserved.size), reserved.library);
    reserved.library = 0; // from now on it is the operation's
  }

  // --- callbacks ---

  /** A function of the guest's table that gets its user data first; null if the index is none. */
  callback(index: number, userData: number, kinds: string[], where: string): Listener | null {
    if (index === 0) return null;
    const table = this.#exports.table;
    const entry: unknown = table && index >>> 0 < table.length ? table.get(index >>> 0) : null;
    if (typeof entry !== 'function') {
      this.mistake(where, `${index >>> 0} is not a function in the guest's table (export __indirect_function_table)`);
      return null;
    }
    return (...values: (number | bigint)[]) => {
      const texts: number[] = [];
      const given = values.map((value, at) => {
        if (kinds[at] === 'handle') return this.#core.given(value as number) ?? 0;
        if (kinds[at] !== 'str') return value;
        texts.push(this.#giveCopy(this.#heap.text(value as number) ?? ''));
        return texts.at(-1)!;
      });
      this.enter(() => (entry as (...values: unknown[]) => void)(userData, ...given), `callback ${where}`);
      for (const text of texts) this.#release(text);
    };
  }

  listening<Result>(listener: Listener | null, place: string | null, start: (listener: number) => Result): Result {
    return this.#core.listening(listener, place, (number) => {
      if (place !== null && number !== 0) this.#listeners.add(number);
      return start(number);
    });
  }

  /** Runs the guest. A trap ends it: it is reported, and the guest is called no more. */
  enter(run: () => void, what: string): void {
    if (!this.alive) return;
    try {
      run();
    } catch (problem) {
      this.trapped(what, problem);
    }
  }

  trapped(what: string, problem: unknown): void {
    if (!this.alive) return;
    this.#dead = problem;
    this.#report(`the guest has trapped (${what}): ${problem instanceof Error ? problem.message : String(problem)}`, problem);
  }

  // --- the end ---

  /** Cancels and frees all that the guest has. It is neither called nor listened to any more. */
  dispose(): void {
    this.#dead ??= 'disposed';
    for (const number of this.#listeners) this.#core.unlisten(number);
    this.#listeners.clear();
    for (const [handle, owned] of [...this.#owned]) {
      this.#owned.delete(handle);
      owned.free(handle);
    }
  }

  // --- the guest's allocator ---

  #allocate(size: number): number {
    let pointer = 0;
    this.enter(() => {
      pointer = this.#exports.allocate(size) >>> 0;
    }, 'safe_guest_alloc');
    if (pointer === 0) {
      this.mistake('safe_guest_alloc', `the guest has no memory for ${size} bytes that it is given`);
      return 0;
    }
    return this.#memory.range(pointer, size, 'safe_guest_alloc') ? pointer : 0;
  }

  #release(pointer: number): void {
    if (pointer !== 0) this.enter(() => this.#exports.free(pointer), 'safe_guest_free');
  }

  #giveCopy(text: string): number {
    const bytes = encoder.encode(`${text}\0`);
    const pointer = this.#allocate(bytes.length);
    if (pointer !== 0) this.#memory.all().set(bytes, pointer);
    return pointer;
  }
}
