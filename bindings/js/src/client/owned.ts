// What an object of these classes has of the engine: freed when the object is closed, or when nobody has it any more.
import type { Arguments, Call, Engine, Result } from './engine.js';
import type { Running } from './running.js';
import { closed } from './failures.js';

interface Owning {
  running: Running;
  engine: Engine;
  id: number;
  holds: boolean; // the engine ends with the last of these
}

// By a number, which is all that the registry keeps: an object that it kept would never be dropped.
const owned = new Map<number, Owning>();
const dropped = new FinalizationRegistry<number>((token) => void give(token));
let last = 0;

async function give(token: number): Promise<void> {
  const owning = owned.get(token);
  if (!owning) return;
  owned.delete(token);
  // An engine that has failed, or has ended before, has nothing of it any more.
  await owning.engine.call('free', [owning.id]).catch(() => {});
  if (owning.holds) await owning.running.release(true);
}

/** Objects that work for somebody, and are not dropped before that is done. */
const busy = new Set<object>();

export class Owned {
  readonly #what: string;
  readonly #owning: Owning;
  readonly #token = ++last;
  readonly #owner: object;
  #closing: Promise<void> | undefined;

  /** `owner` is the object whose end is the end of it; `what` is what it is called. */
  constructor(owner: object, what: string, owning: Owning) {
    this.#owner = owner;
    this.#what = what;
    this.#owning = owning;
    owned.set(this.#token, owning);
    dropped.register(owner, this.#token, this);
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  get running(): Running {
    return this.#owning.running;
  }

  get engine(): Engine {
    return this.#owning.engine;
  }

  get id(): number {
    this.check();
    return this.#owning.id;
  }

  check(): void {
    if (this.isClosed) throw closed(`the ${this.#what} was closed`);
  }

  /** Runs work of the object, which stays until it is done. */
  async during<Value>(work: () => Promise<Value>): Promise<Value> {
    this.check();
    const mark = { owner: this.#owner };
    busy.add(mark);
    try {
      return await work();
    } finally {
      busy.delete(mark);
    }
  }

  call<Name extends Call>(name: Name, args: Arguments<Name>, signal?: AbortSignal): Promise<Result<Name>> {
    return this.during(() => this.engine.call(name, args, signal));
  }

  close(): Promise<void> {
    if (!this.#closing) {
      dropped.unregister(this);
      this.#closing = give(this.#token);
    }
    return this.#closing;
  }
}
