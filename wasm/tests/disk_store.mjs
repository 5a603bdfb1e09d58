// A store over safe/ports.h that keeps values in a folder, for tests of what the module itself needs: nothing of what is
// stored stays in its heap.
import fs from 'node:fs';
import path from 'node:path';

const STORE = 1;
const OPEN = 1, CLOSE = 2, CREATE = 3, REPLACE = 4, GET = 5, EXISTS = 6, LIST = 7, REMOVE = 8;
const UNSUPPORTED = -3005; // FIGURES: the library counts

export class DiskStore {
  #safe;
  #port;
  #wake;
  #folder;
  #sizes = new Map();

  // Serves the URLs of the scheme.
  constructor(safe, scheme, folder) {
    this.#safe = safe;
    this.#folder = folder;
    this.#port = safe.with(scheme, (at) => safe.ask('port_create', STORE, at));
    this.#wake = safe.module.addFunction((_, port) => {
      if (port) setImmediate(() => this.#serve());
    }, 'vii');
    this.#listen();
  }

  close() {
    const port = this.#port;
    this.#port = 0;
    this.#safe.module._safe_port_free(port);
    this.#safe.module.removeFunction(this.#wake);
  }

  #listen() {
    this.#safe.call('port_on_request', this.#port, this.#wake, 0);
  }

  #serve() {
    const { module, outs } = this.#safe;
    while (this.#port && module._safe_port_next(this.#port, 0n, outs + 8, 0) === 0) {
      const request = this.#safe.u32(outs + 8);
      this.#answer(request, module._safe_request_kind(request));
      module._safe_request_free(request);
    }
    if (this.#port) this.#listen();
  }

  #answer(request, kind) {
    const { module } = this.#safe;
    const key = this.#safe.text(module._safe_request_key(request));
    const done = (yes) => this.#safe.call('request_done', request, yes ? 1 : 0);
    switch (kind) {
      case OPEN:
      case CLOSE:
        return done(true);
      case CREATE:
        return done(!this.#sizes.has(key) && this.#write(key, request));
      case REPLACE:
        return done(this.#write(key, request));
      case EXISTS:
        return done(this.#sizes.has(key));
      case REMOVE:
        return done(this.#sizes.delete(key));
      case GET:
        return this.#give(key, request);
      case LIST:
        return this.#list(key, request, done);
      default:
        return this.#safe.with('not counted; list instead', (why) =>
          this.#safe.call('request_fail', request, UNSUPPORTED, why));
    }
  }

  #file(key) {
    return path.join(this.#folder, encodeURIComponent(key));
  }

  #write(key, request) {
    const { module } = this.#safe;
    const at = module._safe_request_data(request) >>> 0;
    const size = module._safe_request_size(request);
    fs.writeFileSync(this.#file(key), module.HEAPU8.subarray(at, at + size));
    this.#sizes.set(key, size);
    return true;
  }

  #give(key, request) {
    const { module } = this.#safe;
    if (!this.#sizes.has(key)) return this.#safe.call('request_none', request);
    const from = Number(module._safe_request_offset(request));
    const value = fs.readFileSync(this.#file(key)).subarray(from, from + Number(module._safe_request_length(request)));
    return this.#safe.with(value, (at) => this.#safe.call('request_give', request, at, value.length));
  }

  #list(prefix, request, done) {
    const { module } = this.#safe;
    const after = this.#safe.text(module._safe_request_after(request));
    const limit = Number(module._safe_request_limit(request));
    const keys = [...this.#sizes.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    for (const key of keys.slice(0, limit)) {
      this.#safe.with(key, (at) => this.#safe.call('request_add', request, at, BigInt(this.#sizes.get(key))));
    }
    return done(keys.length > limit);
  }
}
