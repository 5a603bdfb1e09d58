// In the page: the engine in its worker, by messages.
import { SAFE_CANCELLED } from '../ffi/constants.js';
import { SafeError } from '../ffi/error.js';
import type { Arguments, Call, Engine, PutFacts, ReceiptFacts, Result, Told } from '../client/engine.js';
import { arrived, closed } from '../client/failures.js';
import { BlobSource, BytesSource, PIECE, type Source } from '../client/sources.js';
import { follow } from '../client/stop.js';
import type { FromWorker, Sent, ToWorker } from './protocol.js';

interface Pending {
  resolve(result: never): void;
  reject(problem: unknown): void;
  unfollow(): void;
  source?: Source;
  told?: Told;
  /** Why this side has ended it: the failure that the caller gets. */
  reason?: unknown;
}

export class RemoteEngine implements Engine {
  readonly #worker: Worker;
  readonly #calls = new Map<number, Pending>();
  readonly #ending: (why: SafeError | undefined) => void;
  #last = 0;
  #over: SafeError | undefined;

  /** The worker has started. `ending` is told once that it is of no use any more, and why if it has failed. */
  constructor(worker: Worker, ending: (why: SafeError | undefined) => void) {
    this.#worker = worker;
    this.#ending = ending;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#take(data);
  }

  call<Name extends Call>(name: Name, args: Arguments<Name>, signal?: AbortSignal): Promise<Result<Name>> {
    return this.#ask((id) => ({ kind: 'call', id, call: { name, args } as never }), [], signal);
  }

  async put(client: number, source: Source, facts: PutFacts, signal?: AbortSignal, told?: Told): Promise<ReceiptFacts> {
    let failure: unknown;
    try {
      const sent = await sentAs(source);
      const message = (id: number): ToWorker => ({ kind: 'put', id, client, source: sent, facts });
      return await this.#ask(message, sent.kind === 'bytes' ? [sent.bytes.buffer] : [], signal, { source, told });
    } catch (problem) {
      failure = problem;
      throw problem;
    } finally {
      source.close(failure);
    }
  }

  async end(): Promise<number> {
    if (this.#over) return 0;
    const left = this.#ask<number>((id) => ({ kind: 'end', id }), []);
    this.#over = closed('the client was closed');
    try {
      return await left;
    } finally {
      this.#finish(this.#over, undefined);
    }
  }

  /** The worker has failed, or is gone. */
  fail(why: SafeError): void {
    this.#over ??= why;
    this.#finish(why, why);
  }

  #finish(over: SafeError, why: SafeError | undefined): void {
    this.#ending(why);
    this.#worker.terminate();
    for (const [id, pending] of this.#calls) this.#settle(id, () => pending.reject(over));
  }

  #ask<Value>(
    message: (id: number) => ToWorker, transfer: Transferable[], signal?: AbortSignal, more?: Pick<Pending, 'source' | 'told'>,
  ): Promise<Value> {
    if (this.#over) return Promise.reject(this.#over);
    return new Promise<Value>((resolve, reject) => {
      const id = ++this.#last;
      const unfollow = follow(signal, (reason) => this.#abort(id, reason));
      this.#calls.set(id, { resolve: resolve as never, reject, unfollow, ...more });
      try {
        this.#worker.postMessage(message(id), transfer);
      } catch (problem) {
        this.#settle(id, () => reject(problem));
      }
    });
  }

  #abort(id: number, reason: unknown): void {
    const pending = this.#calls.get(id);
    if (!pending || pending.reason !== undefined) return;
    pending.reason = reason;
    this.#post({ kind: 'abort', id });
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case 'done':
        this.#settle(message.id, (pending) => pending.resolve(message.result as never));
        break;
      case 'failed':
        this.#settle(message.id, (pending) => pending.reject(why(arrived(message.failure), pending)));
        break;
      case 'more':
        void this.#give(message);
        break;
      case 'progress':
        this.#progress(message.id, message.done, message.total);
        break;
      case 'broken':
        this.fail(arrived(message.failure) as SafeError);
        break;
    }
  }

  /** Sends the next piece of a put. */
  async #give({ id, most, again }: FromWorker & { kind: 'more' }): Promise<void> {
    const pending = this.#calls.get(id);
    if (!pending?.source) return;
    try {
      if (again) pending.source.rewind();
      const piece = await pending.source.read(most);
      if (!this.#calls.has(id)) return;
      // A copy, which is given away: the piece itself may be part of something larger, and is not ours.
      const bytes = piece && piece.slice();
      this.#post({ kind: 'piece', id, bytes }, bytes ? [bytes.buffer as ArrayBuffer] : []);
    } catch (problem) {
      this.#abort(id, problem);
    }
  }

  #progress(id: number, done: number, total: number | undefined): void {
    const pending = this.#calls.get(id);
    if (!pending || pending.reason !== undefined) return;
    try {
      pending.told?.(done, total);
    } catch (problem) {
      this.#abort(id, problem);
    }
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#calls.get(id);
    if (!pending) return;
    this.#calls.delete(id);
    pending.unfollow();
    how(pending);
  }

  #post(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}

/** This side's own reason to end a call, if that is why it failed. */
function why(failure: Error, pending: Pending): unknown {
  const cancelled = failure instanceof SafeError && failure.code === SAFE_CANCELLED;
  return cancelled && pending.reason !== undefined ? pending.reason : failure;
}

/** A source as the worker gets it: small bytes and Blobs as they are. */
async function sentAs(source: Source): Promise<Sent> {
  if (source instanceof BlobSource) return { kind: 'blob', blob: source.blob };
  if (source instanceof BytesSource && source.size <= PIECE) {
    const bytes = (await source.read(PIECE)) ?? new Uint8Array(0);
    return { kind: 'bytes', bytes: bytes.slice() };
  }
  return { kind: 'asked', size: source.size, again: source.again };
}
