// The engine in this thread.
import { SAFE_CANCELLED, SAFE_CLOSED } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';
import type { Ffi } from '../ffi/load.js';
import type { Arguments, Call, Engine, PutFacts, ReceiptFacts, Result, Told } from './engine.js';
import { receiptFacts, withName } from './facts.js';
import { broken, closed, narrowed } from './failures.js';
import type { Files } from './files.js';
import { Objects } from './objects.js';
import { served, type Served } from './served.js';
import type { Source } from './sources.js';
import type { Transports } from '../transports/index.js';
import { follow, Stop } from './stop.js';
import { write } from './write.js';

const anyAddress = new Uint8Array(32);

export class InlineEngine implements Engine {
  readonly #ffi: Ffi;
  readonly #files: Files;
  readonly #transports: Transports | undefined;
  readonly #failed: (why: SafeError) => void;
  readonly #objects: Objects;
  readonly #served: Served;
  readonly #calls = new Set<Stop>();
  #idle: (() => void) | undefined; // called when the last call is over
  #over: SafeError | undefined;

  /** `failed` is told when the library has stopped and nothing works any more. Without transports it has its own. */
  constructor(ffi: Ffi, files: Files, transports: Transports | undefined, failed: (why: SafeError) => void) {
    this.#ffi = ffi;
    this.#files = files;
    this.#transports = transports;
    this.#failed = failed;
    this.#objects = new Objects(ffi, files);
    this.#served = served(ffi, this.#objects, files, transports);
  }

  call<Name extends Call>(name: Name, args: Arguments<Name>, signal?: AbortSignal): Promise<Result<Name>> {
    return this.#run(signal, async (stop) => this.#served[name](stop, ...args));
  }

  async put(client: number, source: Source, facts: PutFacts, signal?: AbortSignal, told?: Told): Promise<ReceiptFacts> {
    let failure: unknown;
    try {
      return await this.#run(signal, (stop) => this.#put(client, source, facts, stop, told));
    } catch (problem) {
      failure = problem;
      throw problem;
    } finally {
      source.close(failure);
    }
  }

  async end(): Promise<number> {
    if (this.#over) return 0;
    await this.#objects.freeAll();
    // What was under way has been stopped by that, and still frees what it has.
    if (this.#calls.size > 0) await new Promise<void>((idle) => (this.#idle = idle));
    await this.#transports?.idle();
    const left = this.#ffi.liveHandles() - this.#files.handles - (this.#transports?.handles ?? 0);
    this.#over = closed('the client was closed');
    for (const stop of this.#calls) stop.stop(this.#over);
    this.#files.close();
    this.#transports?.close();
    this.#ffi.dispose();
    return left;
  }

  async #put(
    id: number, source: Source, { flags, name, mediaType }: PutFacts, stop: Stop, told: Told | undefined,
  ): Promise<ReceiptFacts> {
    const client = this.#objects.client(id, stop).handle;
    const ffi = this.#ffi;
    // What no link can hold is refused before anything is stored.
    if (name !== null || mediaType !== null) withName(ffi, ffi.safe_link_from_address(anyAddress), name, mediaType);
    const receipt = await write({ ffi, client, flags, source, stop, told });
    return receiptFacts(ffi, receipt, name, mediaType);
  }

  async #run<Value>(signal: AbortSignal | undefined, work: (stop: Stop) => Promise<Value>): Promise<Value> {
    if (this.#over) throw this.#over;
    const stop = new Stop();
    const unfollow = follow(signal, (reason) => stop.stop(reason));
    this.#calls.add(stop);
    try {
      return await work(stop);
    } catch (problem) {
      throw this.#failure(stop, problem);
    } finally {
      unfollow();
      stop.over();
      this.#calls.delete(stop);
      if (this.#calls.size === 0) this.#idle?.();
    }
  }

  #failure(stop: Stop, problem: unknown): unknown {
    const trap = problem instanceof WebAssembly.RuntimeError ? problem : (problem as Error | null)?.cause;
    if (trap instanceof WebAssembly.RuntimeError) this.#break(trap);
    if (this.#over) return this.#over;
    const ended = problem instanceof SafeError && (problem.code === SAFE_CANCELLED || problem.code === SAFE_CLOSED);
    return (ended && stop.reason) || narrowed(problem);
  }

  /** A trap inside of the library: its memory can be trusted no more. */
  #break(trap: WebAssembly.RuntimeError): void {
    if (this.#over) return;
    this.#over = broken(`the library has stopped (${trap.message}); connect again to start it anew`, trap);
    for (const stop of this.#calls) stop.stop(this.#over);
    this.#failed(this.#over);
  }
}
