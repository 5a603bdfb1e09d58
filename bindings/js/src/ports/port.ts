// What our ports have in common, by the public table of safe/ports.h: requests are fetched and answered, and something is kept
// for each connection.
import { SAFE_CLOSED, SAFE_REQUEST_CLOSE, SAFE_REQUEST_OPEN, SAFE_UNSUPPORTED } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';
import type { safe_port, safe_request } from '../ffi/functions.js';
import { report } from '../ffi/listeners.js';
import type { Ffi } from '../ffi/load.js';

/** Serves the connection URLs of one scheme until close(), after which its connections are of no use any more. */
export abstract class Port<Kept> {
  protected readonly ffi: Ffi;
  readonly #port: safe_port;
  readonly #codes: ReadonlySet<number>;
  readonly #usual: number;
  readonly #kept = new Map<bigint, Kept>(); // by connection
  readonly #requests = new Set<safe_request>(); // without an answer
  #idle: (() => void)[] = []; // called when there is no connection
  #closed = false;

  /** `codes`: those of failures that safe_request_fail takes from such a port; all others are told as `usual`. */
  constructor(ffi: Ffi, kind: number, scheme: string, codes: ReadonlySet<number>, usual: number) {
    this.ffi = ffi;
    this.#port = ffi.safe_port_create(kind, scheme);
    this.#codes = codes;
    this.#usual = usual;
    this.#listen();
  }

  /** What a connection has: for OPEN. */
  protected abstract open(request: safe_request): Promise<Kept>;
  /** Does what is asked by any other request than OPEN and CLOSE; what it returns gives the answer. */
  protected abstract work(request: safe_request, kept: Kept): Promise<() => void>;
  protected abstract end(kept: Kept): Promise<void>;

  /** Of the library: the port, and what it was asked and has not answered. */
  get handles(): number {
    return 1 + this.#requests.size;
  }

  /** Resolved when no connection is open, or being opened. */
  idle(): Promise<void> {
    if (this.#requests.size === 0 && this.#kept.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.ffi.safe_port_free(this.#port);
    for (const request of this.#requests) this.ffi.safe_request_free(request);
    this.#requests.clear();
    for (const kept of this.#kept.values()) this.#letGo(kept);
    this.#kept.clear();
    this.#tell();
  }

  #listen(): void {
    this.ffi.safe_port_on_request(this.#port, (port) => {
      if (port === null) return; // freed
      for (let next = this.#next(); next !== null; next = this.#next()) {
        this.#serve(next).catch((problem) => {
          if (!nobodyWaits(problem)) report(problem);
        });
      }
      if (!this.#closed) this.#listen();
    });
  }

  #next(): safe_request | null {
    return this.#closed ? null : this.ffi.safe_port_next(this.#port, 0);
  }

  async #serve(request: safe_request): Promise<void> {
    this.#requests.add(request);
    try {
      const answer = await this.#answer(request);
      if (!this.#closed) answer();
    } catch (problem) {
      if (!this.#closed) this.#fail(request, problem);
    }
    if (this.#requests.delete(request)) this.ffi.safe_request_free(request);
    if (this.#requests.size === 0 && this.#kept.size === 0) this.#tell();
  }

  async #answer(request: safe_request): Promise<() => void> {
    const done = () => void this.ffi.safe_request_done(request, 1);
    const connection = this.ffi.safe_request_connection(request);
    const kind = this.ffi.safe_request_kind(request);
    if (kind === SAFE_REQUEST_OPEN) {
      const kept = await this.open(request);
      if (this.#closed) this.#letGo(kept);
      else this.#kept.set(connection, kept);
      return done;
    }
    const kept = this.#kept.get(connection)!;
    if (kind !== SAFE_REQUEST_CLOSE) return this.work(request, kept);
    this.#kept.delete(connection);
    await this.end(kept);
    return done;
  }

  #fail(request: safe_request, problem: unknown): void {
    const code = problem instanceof SafeError && this.#codes.has(problem.code) ? problem.code : this.#usual;
    const message = problem instanceof Error ? problem.message : String(problem);
    try {
      // What the library takes as text.
      this.ffi.safe_request_fail(request, code, message.replaceAll(/[\0\p{Surrogate}]/gu, '\ufffd'));
    } catch (late) {
      if (!nobodyWaits(late)) report(late);
    }
  }

  /** Nobody waits for it. */
  #letGo(kept: Kept): void {
    this.end(kept).catch(() => {});
  }

  #tell(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** The connection was closed meanwhile, or the library has gone. */
function nobodyWaits(problem: unknown): boolean {
  return problem instanceof SafeError && problem.code === SAFE_CLOSED;
}

export function unknown(what: string, kind: number): SafeError {
  return new SafeError(SAFE_UNSUPPORTED, 'SAFE_UNSUPPORTED', `this ${what} knows no request of kind ${kind}`);
}
