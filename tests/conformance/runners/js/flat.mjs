// What has no class in JavaScript, by the package's C interface (libsafe/ffi): stores and transports of a program's own, with their
// clients; vaults, the format of 2018, settings, the log. Ends are told by promises or by a queue, by turns.
import { hex } from './line.mjs';

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A client of a scheme of the runner's own, or a reader of it. */
export class Handle {
  constructor(flat, kind, handle) {
    Object.assign(this, { flat, kind, handle });
  }

  close() {
    this.flat.ffi[`safe_${this.kind}_free`](this.handle);
  }
}

/** Serves a port until it is closed: a store of files, or a transport. */
class Served {
  constructor(ffi, kind, scheme, answer) {
    this.ffi = ffi;
    this.port = ffi.safe_port_create(kind, scheme);
    this.answer = answer;
    this.held = [];
    ffi.safe_port_on_request(this.port, (port) => this.wake(port));
  }

  wake(port) {
    if (port === null) return;
    for (let one = this.ffi.safe_port_next(port, 0); one !== null; one = this.ffi.safe_port_next(port, 0)) {
      void this.answered(one);
    }
    this.ffi.safe_port_on_request(port, (again) => this.wake(again));
  }

  async answered(request) {
    try {
      await this.answer(request, this.ffi.safe_request_kind(request));
    } catch (problem) {
      if (problem.codeName !== 'SAFE_CLOSED') throw problem; // nobody waits for it any more
    } finally {
      this.ffi.safe_request_free(request);
    }
  }

  hold(held) {
    if (held) this.gate = new Promise((open) => (this.open = open));
    else {
      this.open?.();
      this.gate = undefined;
    }
  }

  close() {
    this.hold(false);
    this.ffi.safe_port_free(this.port);
  }
}

/** Values are files of a folder, named by their keys. */
function folderStore(ffi, constants, scheme, folder, host) {
  const file = (key) => `${folder}/${key.replaceAll('/', '%2F')}`;
  const keys = async (prefix) => (await host.list(folder)).map(([name, size]) => [name.replaceAll('%2F', '/'), size])
    .filter(([key]) => key.startsWith(prefix) && !key.startsWith('.')).sort(([a], [b]) => (a < b ? -1 : 1));
  const key = (request) => ffi.safe_request_key(request);
  const data = (request) => ffi.safe_request_data(request) ?? new Uint8Array(0);
  const done = (request, yes) => ffi.safe_request_done(request, yes ? 1 : 0);
  const answers = {
    [constants.SAFE_REQUEST_OPEN]: async (request) => {
      const create = (ffi.safe_request_flags(request) & constants.SAFE_CONNECT_NO_CREATE) === 0;
      if (!ffi.safe_request_url(request) || !ffi.safe_request_connection(request)) throw new Error('a request of nobody');
      if (await host.makeFolder(folder, create)) done(request, true);
      else ffi.safe_request_fail(request, constants.SAFE_STORE_MISSING, 'there is no such folder');
    },
    [constants.SAFE_REQUEST_CLOSE]: async (request) => done(request, true),
    [constants.SAFE_REQUEST_CREATE]: async (request) => done(request, await host.create(file(key(request)), data(request))),
    [constants.SAFE_REQUEST_REPLACE]: async (request) => {
      await host.write(file(key(request)), data(request));
      done(request, true);
    },
    [constants.SAFE_REQUEST_GET]: async (request) => {
      await served.gate;
      const [offset, length] = [Number(ffi.safe_request_offset(request)), Number(ffi.safe_request_length(request))];
      const value = await host.readIf(file(key(request)));
      if (value) ffi.safe_request_give(request, value.subarray(offset, offset + length));
      else ffi.safe_request_none(request);
    },
    [constants.SAFE_REQUEST_EXISTS]: async (request) => done(request, (await host.readIf(file(key(request)))) !== null),
    [constants.SAFE_REQUEST_REMOVE]: async (request) => done(request, await host.remove(file(key(request)))),
    [constants.SAFE_REQUEST_LIST]: async (request) => {
      const [after, limit] = [ffi.safe_request_after(request), Number(ffi.safe_request_limit(request))];
      const found = (await keys(key(request))).filter(([name]) => name > after);
      for (const [name, size] of found.slice(0, limit)) ffi.safe_request_add(request, name, size);
      done(request, found.length > limit);
    },
    [constants.SAFE_REQUEST_FIGURES]: async (request) => {
      const found = await keys(key(request));
      ffi.safe_request_figures(request, found.length, found.reduce((sum, [, size]) => sum + size, 0), 0, 0);
    },
  };
  const served = new Served(ffi, constants.SAFE_PORT_STORE, scheme, (request, kind) => answers[kind](request));
  return served;
}

/** Bytes on their way in one direction. */
class Pipe {
  held = [];

  write(bytes) {
    this.held.push(bytes.slice());
    this.wake?.();
  }

  /** Null at the end. */
  async read(length) {
    while (this.held.length === 0 && !this.closed) await new Promise((wake) => (this.wake = wake));
    if (this.held.length === 0) return null;
    const first = this.held.shift();
    if (first.length > length) this.held.unshift(first.subarray(length));
    return first.subarray(0, length);
  }

  close() {
    this.closed = true;
    this.wake?.();
  }
}

/** Whoever connects to the scheme reaches the vault over two pipes. */
function transport(ffi, constants, scheme, vault) {
  const ends = new Map(); // URL of the vault's end -> its pipes
  const connections = new Map();
  const answers = {
    [constants.SAFE_REQUEST_OPEN]: async (request, connection) => {
      const url = ffi.safe_request_url(request);
      let pipes = ends.get(url);
      if (!pipes) {
        const [there, back] = [new Pipe(), new Pipe()];
        const other = `${scheme}:served-${ends.size}`;
        ends.set(other, { in: there, out: back });
        served.serving.push(ffi.safe_vault_serve(vault, other, 0));
        pipes = { in: back, out: there };
      }
      connections.set(connection, pipes);
      ffi.safe_request_done(request, 1);
    },
    [constants.SAFE_REQUEST_SEND]: async (request, connection) => {
      connections.get(connection).out.write(ffi.safe_request_data(request));
      ffi.safe_request_done(request, 1);
    },
    [constants.SAFE_REQUEST_RECEIVE]: async (request, connection) => {
      const bytes = await connections.get(connection).in.read(Number(ffi.safe_request_length(request)));
      if (bytes) ffi.safe_request_give(request, bytes);
      else ffi.safe_request_none(request);
    },
    [constants.SAFE_REQUEST_CLOSE]: async (request, connection) => {
      connections.get(connection).out.close();
      connections.get(connection).in.close();
      ffi.safe_request_done(request, 1);
    },
  };
  const served = new Served(ffi, constants.SAFE_PORT_TRANSPORT, scheme, (request, kind) =>
    answers[kind](request, ffi.safe_request_connection(request)));
  served.serving = [];
  const close = served.close.bind(served);
  served.close = () => {
    close();
    for (const { in: one, out: other } of connections.values()) {
      one.close();
      other.close();
    }
    for (const op of served.serving.splice(0)) ffi.safe_op_free(op);
  };
  return served;
}

export class Flat {
  constructor(constants, ffi, kept) {
    Object.assign(this, { constants, ffi, kept });
    this.turns = 0;
    this.lines = 0;
  }

  /** The result of an operation, which is freed, whatever happens. Aborting the signal cancels it. */
  async result(op, type, signal, progress) {
    const { ffi } = this;
    const cancel = () => ffi.safe_op_cancel(op);
    try {
      if (signal?.aborted) cancel();
      signal?.addEventListener('abort', cancel);
      if (progress) Object.assign(progress, ffi.safe_op_progress(op));
      const ways = [() => ffi.ended(op), () => this.queued(op), () => new Promise((done) => ffi.safe_op_on_done(op, done))];
      await ways[++this.turns % ways.length]();
      if (ffi.safe_op_state(op) === this.constants.SAFE_OP_PENDING) throw new Error('it has not ended');
      ffi.safe_op_wait(op, 0);
      return type ? ffi[`safe_op_take_${type}`](op) : undefined;
    } finally {
      signal?.removeEventListener('abort', cancel);
      ffi.safe_op_free(op);
    }
  }

  async queued(op) {
    const queue = this.ffi.safe_queue_create();
    try {
      this.ffi.safe_op_to_queue(op, queue, 7n);
      while (!this.ffi.safe_queue_next(queue, 0)) await turn();
      this.ffi.safe_queue_wake(queue);
    } finally {
      this.ffi.safe_queue_free(queue);
    }
  }

  bytes(handle) {
    const bytes = this.ffi.safe_bytes_data(handle);
    this.ffi.safe_bytes_free(handle);
    return bytes;
  }

  /** The 32 bytes of an address. */
  address(handle) {
    const bytes = new Uint8Array(32);
    this.ffi.safe_bytes_copy(handle, 0, bytes);
    this.ffi.safe_bytes_free(handle);
    return hex(bytes);
  }

  own(request, name = 'client') {
    return this.kept.get(request.text(name))?.handle;
  }

  flags(request) {
    const { SAFE_PUT_PRIVATE, SAFE_PUT_VERIFY, SAFE_PUT_DRY_RUN, SAFE_PUT_REPLAY } = this.constants;
    return (request.flag('private') ? SAFE_PUT_PRIVATE : 0) | (request.flag('verify') ? SAFE_PUT_VERIFY : 0) |
      (request.flag('dry_run') ? SAFE_PUT_DRY_RUN : 0) | (request.flag('replay') ? SAFE_PUT_REPLAY : 0);
  }

  receipt(handle) {
    const { ffi } = this;
    const link = ffi.safe_receipt_link(handle);
    const said = {
      link: ffi.safe_link_text(link), private: ffi.safe_link_is_private(link) === 1, name: ffi.safe_link_name(link),
      size: ffi.safe_receipt_size(handle), new_chunks: ffi.safe_receipt_new_chunks(handle),
      new_bytes: ffi.safe_receipt_new_bytes(handle),
      chunks: Array.from({ length: Number(ffi.safe_receipt_chunk_count(handle)) }, (_, at) => ffi.safe_receipt_chunk(handle, at)),
    };
    ffi.safe_link_free(link);
    ffi.safe_receipt_free(handle);
    return said;
  }

  record(handle) {
    const { ffi } = this;
    const said = {
      address: hex(ffi.safe_record_address(handle)), owner: hex(ffi.safe_record_owner(handle)), label: ffi.safe_record_label(handle),
      version: ffi.safe_record_version(handle), value: this.bytes(ffi.safe_record_value(handle)),
    };
    ffi.safe_record_free(handle);
    return said;
  }

  report(handle, ...names) {
    const { ffi } = this;
    const items = Array.from({ length: Number(ffi.safe_report_item_count(handle)) }, (_, at) => {
      ffi.safe_report_item_text(handle, at);
      return ffi.safe_report_item(handle, at);
    });
    const said = { items, ...Object.fromEntries(names.map((name) => [name, ffi.safe_report_value(handle, name)])) };
    ffi.safe_report_free(handle);
    return said;
  }

  /** The key's own handle there, for as long as the work goes on: keys are the classes'. */
  async withKey(request, work) {
    const seed = await this.kept.get(request.text('key')).export();
    const key = this.ffi.safe_key_import(seed);
    try {
      return await work(key);
    } finally {
      this.ffi.safe_key_free(key);
    }
  }

  async withLink(request, work) {
    const link = this.ffi.safe_link_parse(request.text('link'));
    try {
      return await work(link);
    } finally {
      this.ffi.safe_link_free(link);
    }
  }

  keep(request, kind, handle) {
    this.kept.set(request.text('as'), new Handle(this, kind, handle));
    return handle;
  }

  /** Of clients and readers that are Handles. */
  clients = {
    connect: async (request, signal) => {
      const { ffi, constants } = this;
      const create = request.text('create') === '0' ? constants.SAFE_CONNECT_NO_CREATE : 0;
      const flags = create | (request.text('anonymous') === '1' ? constants.SAFE_CONNECT_ANONYMOUS : 0);
      const url = request.text('url');
      const own = request.text('key') !== undefined;
      const op = own ? await this.withKey(request, (key) => ffi.safe_connect_as(key, url, flags)) : ffi.safe_connect(url, flags);
      const client = this.keep(request, 'client', await this.result(op, 'client', signal));
      return { url: this.ffi.safe_client_url(client) };
    },
    put: async (request, signal) => {
      const data = await request.view('data');
      const op = this.ffi.safe_put(this.own(request), data, this.flags(request));
      return this.receipt(await this.result(op, 'receipt', signal, request.progress));
    },
    get: async (request, signal) => this.withLink(request, async (link) => {
      const op = this.ffi.safe_get_bytes(this.own(request), link, request.number_('limit', 1 << 28));
      return { data: this.bytes(await this.result(op, 'bytes', signal)) };
    }),
    open: async (request, signal) => this.withLink(request, async (link) => {
      const reader = this.keep(request, 'reader', await this.result(this.ffi.safe_open(this.own(request), link), 'reader', signal));
      return { size: this.ffi.safe_reader_size(reader) };
    }),
    open_datamap: async (request, signal) => {
      const op = this.ffi.safe_open_datamap(this.own(request), await request.bytes('datamap'));
      const reader = this.keep(request, 'reader', await this.result(op, 'reader', signal));
      return { size: this.ffi.safe_reader_size(reader) };
    },
    read: async (request, signal) => {
      const op = this.ffi.safe_reader_read(this.own(request, 'reader'), request.number_('offset'), request.number_('length'));
      return { data: this.bytes(await this.result(op, 'bytes', signal)) };
    },
    stream: async (request, signal) => {
      const offset = request.number_('offset', 0);
      const room = new Uint8Array(Number(this.ffi.safe_reader_size(this.own(request, 'reader'))) - offset);
      await this.result(this.ffi.safe_reader_read_into(this.own(request, 'reader'), offset, room), 'u64', signal);
      return { data: room };
    },
    read_into: async (request, signal) => {
      const [before, size, after] = ['before', 'size', 'after'].map((name) => request.number_(name, 0));
      const whole = new Uint8Array(before + size + after).fill(0xaa);
      const room = whole.subarray(before, before + size);
      const op = this.ffi.safe_reader_read_into(this.own(request, 'reader'), request.number_('offset'), room);
      const count = Number(await this.result(op, 'u64', signal));
      const clean = whole.every((byte, at) => (at >= before && at < before + size) || byte === 0xaa);
      return { data: room.slice(0, count), clean };
    },
    writer: async (request, signal) => {
      const size = request.number_('size', this.constants.SAFE_SIZE_UNKNOWN);
      const op = this.ffi.safe_writer_open(this.own(request), size, this.flags(request));
      this.keep(request, 'writer', await this.result(op, 'writer', signal));
    },
    write: async (request, signal) => {
      const [writer, data] = [this.own(request, 'writer'), await request.view('data')];
      if (!request.flag('reserved')) return this.result(this.ffi.safe_writer_write(writer, data), undefined, signal);
      this.ffi.safe_writer_reserve(writer, data.length).set(data);
      return this.result(this.ffi.safe_writer_commit(writer, data.length), undefined, signal);
    },
    replay_size: async (request) => ({ value: this.ffi.safe_writer_replay_size(this.own(request, 'writer')) }),
    finish: async (request, signal) =>
      this.receipt(await this.result(this.ffi.safe_writer_close(this.own(request, 'writer')), 'receipt', signal)),
    chunk_put: async (request, signal) => {
      const op = this.ffi.safe_chunk_put(this.own(request), await request.bytes('data'));
      return { address: this.address(await this.result(op, 'bytes', signal)) };
    },
    chunk_get: async (request, signal) => {
      const op = this.ffi.safe_chunk_get(this.own(request), request.address('address'));
      return { data: this.bytes(await this.result(op, 'bytes', signal)) };
    },
    put_file: async (request, signal) => {
      const op = this.ffi.safe_put_file(this.own(request), request.text('path'), this.flags(request));
      return this.receipt(await this.result(op, 'receipt', signal, request.progress));
    },
    get_file: async (request, signal) => this.withLink(request, async (link) => {
      const op = this.ffi.safe_get_file(this.own(request), link, request.text('path'));
      return { size: await this.result(op, 'u64', signal) };
    }),
    state: async (request) => ({ value: this.ffi.safe_client_state(this.own(request)) }),
    next_state: async (request, signal) => {
      await this.result(this.ffi.safe_client_next_state(this.own(request), request.number_('known')), undefined, signal);
    },
    timeout: async (request) => this.ffi.safe_client_set_timeout(this.own(request), request.number_('milliseconds')),
    chunk_exists: async (request, signal) => {
      const op = this.ffi.safe_chunk_exists(this.own(request), request.address('address'));
      return { value: (await this.result(op, 'u64', signal)) === 1n };
    },
    record_create: async (request, signal) => this.withKey(request, async (key) => {
      const op = this.ffi.safe_record_create(this.own(request), key, request.text('label'), await request.bytes('value'));
      return this.record(await this.result(op, 'record', signal));
    }),
    record_set: async (request, signal) => this.withKey(request, async (key) => {
      const version = request.number_('version');
      const op = this.ffi.safe_record_set(this.own(request), key, request.text('label'), version, await request.bytes('value'));
      return this.record(await this.result(op, 'record', signal));
    }),
    record_get: async (request, signal) => {
      const version = request.number_('version', this.constants.SAFE_VERSION_NEWEST);
      const op = this.ffi.safe_record_get(this.own(request), request.address('address'), version);
      return this.record(await this.result(op, 'record', signal));
    },
    record_list: async (request, signal) => {
      const { ffi } = this;
      const before = request.number_('before', this.constants.SAFE_VERSION_NEWEST);
      const op = ffi.safe_record_list(this.own(request), request.address('address'), before, request.number_('limit', 1000));
      const page = await this.result(op, 'record_page', signal);
      const versions = Array.from({ length: Number(ffi.safe_record_page_count(page)) }, (_, at) =>
        this.record(ffi.safe_record_page_get(page, at)).version);
      const next = ffi.safe_record_page_next(page);
      ffi.safe_record_page_free(page);
      return { versions, next: next.more ? next.before : undefined };
    },
  };

  /** Of none. */
  operations = {
    version: async () => ({
      text: this.ffi.safe_version_string(), number: this.ffi.safe_version_number(), abi: this.ffi.safe_abi_version(),
    }),
    setting: async (request) => {
      const which = this.constants[`SAFE_SETTING_${request.text('name').toUpperCase()}`];
      if (request.text('value') !== undefined) this.ffi.safe_set(which, request.number_('value'));
      return { value: this.ffi.safe_get(which) };
    },
    log: async (request) => {
      const level = request.number_('level');
      this.ffi.safe_log_to(Math.max(level, 1), level ? () => ++this.lines : null);
      const { lines } = this;
      this.lines = 0;
      return { lines };
    },
    port: async (request) => {
      const { ffi, constants } = this;
      this.kept.set(request.text('as'), folderStore(ffi, constants, request.text('scheme'), request.text('folder'), request.host));
    },
    port_hold: async (request) => this.kept.get(request.text('port')).hold(true),
    port_release: async (request) => this.kept.get(request.text('port')).hold(false),
    transport: async (request) => {
      const { ffi, constants } = this;
      this.kept.set(request.text('as'), transport(ffi, constants, request.text('scheme'), request.text('vault')));
    },
    serve: async (request) => {
      const { ffi, constants } = this;
      const vault = await this.result(ffi.safe_vault_open(null, request.text('vault'), 0), 'vault');
      ffi.safe_vault_set_limit(vault, constants.SAFE_VAULT_LIMIT_CONNECTIONS, 100);
      ffi.safe_vault_set_limit(vault, constants.SAFE_VAULT_LIMIT_QUOTA, request.number_('quota', 0));
      this.kept.set(request.text('as'), { close: () => ffi.safe_vault_free(vault), vault });
      ffi.safe_vault_set_certificate(vault, 'no.pem', 'no.pem'); // nobody asks for it before wss:
      const key = ffi.safe_vault_key(vault);
      if (ffi.engine === 'addon') await this.result(ffi.safe_vault_listen(vault, 'tcp://127.0.0.1:0'));
      const listeners = Number(ffi.safe_vault_url_count(vault));
      return { key, url: ffi.safe_vault_url(vault, Math.max(listeners - 1, 0)) ?? undefined };
    },
    metrics: async (request) => {
      const { vault } = this.kept.get(request.text('of'));
      return { text: new TextDecoder().decode(this.bytes(await this.result(this.ffi.safe_vault_metrics(vault), 'bytes'))) };
    },
    drain: async (request) => this.result(this.ffi.safe_vault_drain(this.kept.get(request.text('of')).vault, 10_000)),
    vault_info: async (request, signal) => {
      const report = await this.result(this.ffi.safe_vault_info(request.text('url')), 'report', signal);
      return this.report(report, 'chunks', 'chunk_bytes', 'records', 'record_bytes', 'format');
    },
    vault_verify: async (request, signal) =>
      this.report(await this.result(this.ffi.safe_vault_verify(request.text('url')), 'report', signal), 'checked', 'bad'),
    vault_gc: async (request, signal) => {
      const flags = request.flag('remove') ? this.constants.SAFE_GC_REMOVE : 0;
      const op = this.ffi.safe_vault_gc(request.text('url'), request.text('keep'), flags);
      return this.report(await this.result(op, 'report', signal), 'kept', 'removed');
    },
    vault_remove: async (request, signal) =>
      this.result(this.ffi.safe_vault_remove(request.text('url'), request.address('address')), undefined, signal),
    s1_encode: async (request) => {
      const { ffi } = this;
      const encoder = ffi.safe_s1_encoder_create();
      try {
        ffi.safe_s1_encoder_write(encoder, await request.bytes('data'));
        const datamap = this.bytes(ffi.safe_s1_encoder_finish(encoder));
        await request.host.makeFolder(request.text('folder'), true);
        let chunks = 0;
        for (let next = ffi.safe_s1_encoder_next(encoder); next.out; next = ffi.safe_s1_encoder_next(encoder)) {
          await request.host.write(`${request.text('folder')}/${hex(next.name)}`, this.bytes(next.out));
          ++chunks;
        }
        return { datamap, chunks };
      } finally {
        ffi.safe_s1_encoder_free(encoder);
      }
    },
    s1_decode: async (request) => {
      const { ffi } = this;
      const map = ffi.safe_s1_map_parse(await request.bytes('datamap'));
      try {
        const parts = [];
        for (let at = 0; at < Number(ffi.safe_s1_map_chunk_count(map)); ++at) {
          const chunk = await request.host.read(`${request.text('folder')}/${hex(ffi.safe_s1_map_chunk_name(map, at))}`);
          parts.push(this.bytes(ffi.safe_s1_map_decrypt(map, at, chunk)));
        }
        const chunks = parts.length;
        if (chunks === 0) parts.push(this.bytes(ffi.safe_s1_map_content(map)));
        const data = new Uint8Array(await new Blob(parts).arrayBuffer());
        return { size: ffi.safe_s1_map_size(map), chunks, data };
      } finally {
        ffi.safe_s1_map_free(map);
      }
    },
  };
}
