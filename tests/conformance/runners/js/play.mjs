// Plays steps with the classes of the package, and with its C interface where there is no class (README, "What a runner speaks").
import { Classes } from './classes.mjs';
import { Flat, Handle } from './flat.mjs';
import { answered, failed, Request } from './line.mjs';

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Player {
  /** host: files, and collect(), which has the collector run. */
  constructor(libsafe, constants, ffi, host, connecting = {}) {
    this.schemes = /^(own\d+):/; // of URLs that the C interface connects to
    this.servesFlatly = false; // vaults to others, by the C interface
    this.libsafe = libsafe;
    this.ffi = ffi;
    this.host = host;
    this.kept = new Map();
    this.started = new Map();
    this.flat = new Flat(constants, ffi, this.kept);
    this.classes = new Classes(libsafe, this.kept, connecting);
  }

  /** What does the step. Schemes of the runner's own are known to the instance of the C interface that serves them. */
  method(request) {
    const { operation } = request;
    if (this.own[operation]) return this.own[operation];
    if (this.classes.serving[operation] && !this.servesFlatly) return this.classes.serving[operation];
    if (this.flat.operations[operation]) return this.flat.operations[operation];
    const used = ['client', 'reader', 'writer'].map((name) => this.kept.get(request.text(name) ?? ''));
    const served = operation === 'connect' && this.schemes.test(request.text('url'));
    const feature = operation === 'feature' && /^own\d+$/.test(request.text('name'));
    if (feature) return async () => ({ value: this.ffi.safe_feature(request.text('name')) === 1 });
    return served || used.some((one) => one instanceof Handle) ? this.flat.clients[operation] : this.classes.operations[operation];
  }

  own = {
    collect: async () => this.host.collect(),
    live_handles: async () => ({ value: await this.live() }),
    close: async (request) => {
      await this.kept.get(request.text('of')).close();
    },
    wait: async (request) => {
      const { ended } = this.started.get(request.text('op'));
      this.started.delete(request.text('op'));
      return ended;
    },
    cancel: async (request) => this.started.get(request.text('op')).stop.abort(),
    drop: async (request) => {
      this.started.get(request.text('op')).stop.abort();
      this.started.delete(request.text('op'));
    },
    pending: async (request) => {
      await pause(0);
      return { value: !this.started.get(request.text('op')).over };
    },
    progress: async (request) => this.started.get(request.text('op')).progress,
    end: async (request) => this.end(request.text('how') === 'close'),
    reached: async () => ({ names: [...(await this.host.reached())] }),
  };

  async live() {
    return (await this.libsafe.liveHandles()) + Number(this.ffi.safe_debug_live_handles());
  }

  /** In functions of their own, whose variables are gone when the collector comes. */
  async end(closing) {
    await this.stop();
    await Promise.all([...this.kept.keys()].map((name) => this.release(name, closing)));
    this.kept.clear();
    let live = await this.live();
    for (let tries = 0; live > 0 && tries < 1000; ++tries) {
      await this.host.collect();
      await pause(tries < 20 ? 1 : 20);
      live = await this.live();
    }
    return { live };
  }

  async stop() {
    for (const { stop } of this.started.values()) stop.abort();
    await Promise.allSettled([...this.started.values()].map(({ ended }) => ended));
    this.started.clear();
  }

  /** What is of the C interface has no collector: it is closed in any case, as in C. */
  release(name, closing) {
    const one = this.kept.get(name);
    return closing || one instanceof Handle || one.port || one.stop || one.vault || one.listen ? one.close() : undefined;
  }

  begin(request, method) {
    const stop = new AbortController();
    const progress = (request.progress = { done: 0, total: undefined });
    const one = { stop, progress, over: false, ended: method(request, stop.signal) };
    one.ended.catch(() => {}).finally(() => (one.over = true));
    this.started.set(request.text('start'), one);
  }

  /** The answer to a line. */
  async line(text) {
    const request = new Request(text, this.host);
    const method = this.method(request);
    if (!method) throw new Error(`there is no operation ${request.operation} here`);
    try {
      if (request.text('start') === undefined) return await answered(request, await method(request));
      this.begin(request, method);
      return await answered(request);
    } catch (problem) {
      return failed(request, problem);
    }
  }
}
