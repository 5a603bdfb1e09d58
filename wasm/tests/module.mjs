// The bare module in Node, for tests below the JavaScript package: handles are numbers, memory is bytes at an address.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const DONE = 1;

export class Failure extends Error {
  constructor(code, message) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

export class Safe {
  // `dir` holds libsafe.mjs and libsafe.wasm; `options` are the module's.
  static async load(dir, options = {}) {
    const { default: create } = await import(pathToFileURL(path.resolve(dir, 'libsafe.mjs')));
    const wasmBinary = fs.readFileSync(path.join(dir, 'libsafe.wasm'));
    return new Safe(await create({ wasmBinary, ...options }));
  }

  constructor(module) {
    this.module = module;
    this.outs = module._malloc(64); // for outputs: the error at 0, others behind it
    this.clientOf = new Map();
  }

  get heapBytes() {
    return this.module.HEAPU8.length;
  }
  u32(at) {
    return new DataView(this.module.HEAPU8.buffer).getUint32(at, true);
  }
  u64(at) {
    return new DataView(this.module.HEAPU8.buffer).getBigUint64(at, true);
  }
  bytes(at, size) {
    return this.module.HEAPU8.slice(at, at + size);
  }
  text(at) {
    const heap = this.module.HEAPU8;
    return Buffer.from(heap.subarray(at, heap.indexOf(0, at))).toString();
  }
  // `use` gets the address of a copy, which lives until it returns.
  with(data, use) {
    const bytes = typeof data === 'string' ? Buffer.from(data + '\0') : data;
    const large = bytes.length >= 65536;
    const at = (large ? this.module._safe_wasm_take(bytes.length, true) : this.module._malloc(bytes.length || 1)) >>> 0;
    this.module.HEAPU8.set(bytes, at);
    try {
      return use(at);
    } finally {
      if (large) this.module._safe_wasm_give(at, bytes.length);
      else this.module._free(at);
    }
  }

  // Calls a function with the error's place as its last argument.
  call(name, ...args) {
    const status = this.module[`_safe_${name}`](...args, this.outs);
    if (status === 0) return;
    const error = this.u32(this.outs) >>> 0;
    const failure = new Failure(status, error ? this.text(this.module._safe_error_message(error)) : '');
    this.module._safe_error_free(error);
    throw failure;
  }
  // The same, for a function with one output handle or 32-bit number before the error.
  ask(name, ...args) {
    this.call(name, ...args, this.outs + 8);
    return this.u32(this.outs + 8);
  }

  async ended(op) {
    while (this.module._safe_op_state(op) === 0) await new Promise((resolve) => setImmediate(resolve));
    if (this.module._safe_op_state(op) !== DONE) {
      try {
        this.call('op_wait', op, 0n);
      } finally {
        this.module._safe_op_free(op);
      }
    }
    return op;
  }
  // Waits for the operation that a call gave, and takes its result of that type ('none', 'bytes', 'u64', ...).
  async result(type, op) {
    await this.ended(op);
    try {
      if (type === 'none') return undefined;
      if (type !== 'u64') return this.ask(`op_take_${type}`, op);
      this.call('op_take_u64', op, this.outs + 8);
      return this.u64(this.outs + 8);
    } finally {
      this.module._safe_op_free(op);
    }
  }
  takeBytes(handle) {
    const bytes = this.bytes(this.module._safe_bytes_data(handle), this.module._safe_bytes_size(handle));
    this.module._safe_bytes_free(handle);
    return bytes;
  }
  connect(url) {
    return this.result('client', this.with(url, (at) => this.module._safe_connect(at, 0)));
  }

  // Puts what an async or plain iterable of Uint8Array gives. The receipt's facts.
  async put(client, size, flags, parts) {
    const writer = await this.result('writer', this.module._safe_writer_open(client, BigInt(size), flags));
    for await (const part of parts) {
      for (let at = 0; at < part.length; at += 1 << 20) {
        const piece = part.subarray(at, at + (1 << 20));
        const memory = this.ask('writer_reserve', writer, piece.length);
        this.module.HEAPU8.set(piece, memory);
        await this.result('none', this.module._safe_writer_commit(writer, piece.length));
      }
    }
    const receipt = await this.result('receipt', this.module._safe_writer_close(writer));
    this.module._safe_writer_free(writer);
    return this.takeReceipt(receipt);
  }
  takeReceipt(receipt) {
    const chunks = [];
    const count = this.module._safe_receipt_chunk_count(receipt);
    for (let index = 0n; index < count; ++index) {
      this.call('receipt_chunk', receipt, index, this.outs + 16, this.outs + 8);
      chunks.push(Buffer.from(this.bytes(this.outs + 16, 32)).toString('hex'));
    }
    const link = this.ask('receipt_link', receipt);
    const text = this.text(this.module._safe_link_text(link));
    this.module._safe_link_free(link);
    this.module._safe_receipt_free(receipt);
    return { chunks, link: text };
  }
  parseLink(text) {
    return this.with(text, (at) => this.ask('link_parse', at));
  }
  replaySize(writer) {
    return Number(this.module._safe_writer_replay_size(writer));
  }
}

export const PUT = { private: 1, dryRun: 2, verify: 4, replay: 8 };
