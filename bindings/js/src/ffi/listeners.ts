// Functions of JavaScript that the library calls. It knows each by a number, which it gets as user data.
import { handle } from './values.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- its type is that of the callback it was given for
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

  /** The object was freed: it calls nobody any more. */
  forget(object: number | null): void {
    if (this.#places.size === 0 || handle(object) === 0) return;
    const suffix = placeOf('', object);
    for (const place of this.#places.keys()) {
      if (place.endsWith(suffix)) this.put(place, 0);
    }
  }

  /** The library calls. Nothing that the listener throws gets into it. */
  call(number: number, values: (listener: Listener) => void): void {
    const entry = this.#entries.get(number);
    if (!entry) return;
    if (entry.once) this.#entries.delete(number);
    try {
      values(entry.listener);
    } catch (problem) {
      report(problem);
    }
  }
}

export function placeOf(name: string, object: number | null): string {
  return `${name}:${object}`;
}

/** As an exception of an event listener is: seen by all who watch, in nobody's way. */
export function report(problem: unknown): void {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(problem);
  else
    queueMicrotask(() => {
      throw problem;
    });
}
