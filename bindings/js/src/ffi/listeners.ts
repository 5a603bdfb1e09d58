// Functions of JavaScript that the library calls. It knows each by a number, which it gets as user data.

/** Gets the values as they come from wasm. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as many and of such types as the callback's signature says
export type Listener = (...values: any[]) => void;

interface Entry {
  listener: Listener;
  once: boolean;
}

export class Listeners {
  #last = 0;
  readonly #entries = new Map<number, Entry>();
  readonly #places = new Map<string, number>(); // where only the newest counts

  add(listener: Listener, once: boolean): number {
    this.#entries.set(++this.#last, { listener, once });
    return this.#last;
  }

  remove(number: number): void {
    this.#entries.delete(number);
  }

  /** Puts a listener (0: none) in the place of the one before. */
  put(place: string, number: number): void {
    const former = this.#places.get(place);
    if (former !== undefined) this.#entries.delete(former);
    if (number === 0) this.#places.delete(place);
    else this.#places.set(place, number);
  }

  /** Where it stands; null if it is nowhere, or another has come into its place. */
  placeOf(number: number): string | null {
    for (const [place, there] of this.#places) if (there === number) return place;
    return null;
  }

  /** The library calls. Nothing that the listener throws gets into it. */
  call(number: number, values: (number | bigint)[]): void {
    const entry = this.#entries.get(number);
    if (!entry) return;
    if (entry.once) this.#entries.delete(number);
    try {
      entry.listener(...values);
    } catch (problem) {
      report(problem);
    }
  }
}

/** As an exception of an event listener is: seen by all who watch, in nobody's way. */
export function report(problem: unknown): void {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(problem);
  else
    queueMicrotask(() => {
      throw problem;
    });
}
