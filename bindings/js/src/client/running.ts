// Which engines run in this realm: at most one of each place, each from its first use to its last.
import { findAddon } from '../addon/find.js';
import { chosen, type EngineName } from '../ffi/choice.js';
import { SAFE_UNSUPPORTED } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';
import type { WasmSource } from '../ffi/load.js';
import { inNode } from '../ffi/pump.js';
import type { Arguments, Call, Engine, Result } from './engine.js';
import { startAddon, startInline } from './start.js';
import { startWorker } from '../worker/start.js';

/** libsafe.wasm in a worker, libsafe.wasm in this thread, or the addon, which has threads of its own. */
export type Place = 'worker' | 'inline' | 'addon';

const starts = { worker: startWorker, inline: startInline, addon: startAddon };

/** How long an engine without objects waits for the next call, in milliseconds: a link is parsed, then one connects. */
const linger = 2000;

const running = new Map<Place, Running>();
let left = 0; // handles that engines did not have back at their end

/** An engine, as long as somebody uses it. */
export class Running {
  readonly #place: Place;
  readonly #engine: Promise<Engine>;
  #uses = 0;
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(place: Place, wasm: WasmSource | undefined) {
    this.#place = place;
    const start = starts[place] as typeof startInline;
    this.#engine = start(wasm, () => this.#forget());
    this.#engine.catch(() => this.#forget());
  }

  get place(): Place {
    return this.#place;
  }

  get engine(): Promise<Engine> {
    return this.#engine;
  }

  /** Keeps the engine until release. */
  hold(): void {
    this.#uses++;
    clearTimeout(this.#timer);
  }

  /** `last`: it held an object, after which nothing of the engine is to stay. */
  async release(last: boolean): Promise<void> {
    if (--this.#uses > 0 || this.#over) return;
    if (last) return this.#end();
    this.#timer = setTimeout(() => void this.#end(), linger);
    (this.#timer as { unref?: () => void }).unref?.();
  }

  #forget(): void {
    this.#over = true;
    if (running.get(this.#place) === this) running.delete(this.#place);
  }

  async #end(): Promise<void> {
    this.#forget();
    const engine = await this.#engine.catch(() => null);
    left += (await engine?.end()) ?? 0;
  }
}

/** The engine at that place; held. Without a place, one that runs, or the one that is usual here. */
export function hold(place?: Place, wasm?: WasmSource): Running {
  const wanted = place ?? [...running.keys()][0] ?? placeOf({});
  let found = running.get(wanted);
  if (!found) running.set(wanted, (found = new Running(wanted, wasm)));
  found.hold();
  return found;
}

/** Where the engine is to run: what the user says, or what is usual here. */
export function placeOf({ worker, engine, wasm }: { worker?: boolean; engine?: EngineName; wasm?: WasmSource }): Place {
  if (worker !== undefined && typeof worker !== 'boolean') throw new TypeError('worker: boolean expected');
  if (worker && !hasWorkers()) {
    throw new SafeError(SAFE_UNSUPPORTED, 'SAFE_UNSUPPORTED', 'worker: true needs a browser page; leave it out, or say false');
  }
  const wanted = chosen({ engine, wasm });
  if (wanted === 'addon') return addon();
  if (worker !== undefined && !inNode) return worker ? 'worker' : 'inline';
  return usual(wanted);
}

/** What was asked for is not silently something else. */
function addon(): Place {
  const found = findAddon();
  if (found instanceof SafeError) throw found;
  return 'addon';
}

function usual(wanted: EngineName | undefined): Place {
  if (hasWorkers()) return 'worker';
  return wanted === 'wasm' || findAddon() instanceof SafeError ? 'inline' : 'addon';
}

function hasWorkers(): boolean {
  return !inNode && typeof Worker === 'function';
}

/** One call for which no object is needed. */
export async function ask<Name extends Call>(name: Name, args: Arguments<Name>, signal?: AbortSignal): Promise<Result<Name>> {
  const held = hold();
  try {
    return await (await held.engine).call(name, args, signal);
  } finally {
    await held.release(false);
  }
}

/** Sums over all engines that run. */
export async function each(name: 'liveHandles' | 'heapBytes'): Promise<number> {
  const numbers = [...running.values()].map(async (one) => (await one.engine).call(name, []));
  const sum = (await Promise.all(numbers)).reduce((a, b) => a + b, 0);
  return name === 'liveHandles' ? sum + left : sum;
}
