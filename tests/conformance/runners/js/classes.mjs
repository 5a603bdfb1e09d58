// What the classes of the package do.
import { hex } from './line.mjs';

const receiptOf = ({ link, size, chunks, newChunks, newBytes }) =>
  ({ link: link.text, private: link.isPrivate, name: link.name, size, chunks, new_chunks: newChunks, new_bytes: newBytes });

const linkOf = (link) =>
  ({ text: link.text, private: link.isPrivate, size: link.size, name: link.name, media_type: link.mediaType });

const recordOf = ({ address, owner, label, version, value }) =>
  ({ address: hex(address), owner: hex(owner), label, version, value });

const states = ['connected', 'disconnected', 'closed'];

const options = (request) =>
  ({ private: request.flag('private'), verify: request.flag('verify'), dryRun: request.flag('dry_run') });

/** Content that is pushed in: the package takes it as an iterable, whose next piece it asks for when the last one is taken. */
class Pushed {
  constructor(client, request, signal) {
    this.stop = new AbortController();
    this.pieces = [];
    this.size = request.number_('size');
    signal?.addEventListener('abort', () => this.stop.abort());
    this.ended = client.put(this.given(), { ...options(request), size: this.size, signal: this.stop.signal });
    this.ended.catch(() => {}); // whoever writes or finishes is told
  }

  async *given() {
    for (;;) {
      while (this.pieces.length === 0) await new Promise((wake) => (this.wake = wake));
      const { bytes, taken } = this.pieces[0];
      if (bytes === undefined) return;
      yield bytes;
      this.pieces.shift();
      taken();
    }
  }

  async push(bytes) {
    if (this.stop.signal.aborted) return void (await this.ended); // nothing takes it any more
    return new Promise((taken, reject) => {
      this.pieces.push({ bytes, taken });
      this.wake?.();
      this.ended.catch(reject);
    });
  }

  async finish() {
    this.pieces.push({ bytes: undefined });
    this.wake?.();
    return this.ended;
  }

  close() {
    this.stop.abort();
    this.wake?.();
  }
}

export class Classes {
  constructor(libsafe, kept, connecting) {
    this.libsafe = libsafe;
    this.kept = kept;
    this.connecting = connecting; // options of connect
  }

  client(request) {
    return this.kept.get(request.text('client'));
  }

  /** Of vaults that are served to others: in Node over TCP. */
  serving = {
    serve: async (request) => {
      const vault = await this.libsafe.Vault.open(request.text('vault'), this.connecting);
      this.kept.set(request.text('as'), vault);
      await vault.setLimit('connections', 100);
      await vault.setLimit('quota', request.number_('quota', 0));
      await vault.setCertificate('no.pem', 'no.pem'); // nobody asks for it before wss:
      return { key: vault.key, url: globalThis.process ? await vault.listen('tcp://127.0.0.1:0') : undefined };
    },
    metrics: async (request) => ({ text: await this.kept.get(request.text('of')).metrics() }),
    drain: async (request) => this.kept.get(request.text('of')).drain(10_000),
  };

  operations = {
    connect: async (request, signal) => {
      const create = request.text('create') !== '0';
      const key = this.kept.get(request.text('key'));
      const anonymous = request.text('anonymous') === '1';
      const client = await this.libsafe.connect(request.text('url'), { ...this.connecting, create, key, anonymous, signal });
      this.kept.set(request.text('as'), client);
      return { url: client.url };
    },
    put: async (request, signal) => {
      const progress = request.progress;
      const onProgress = progress && ((done, total) => Object.assign(progress, { done, total }));
      return receiptOf(await this.client(request).put(await request.view('data'), { ...options(request), signal, onProgress }));
    },
    put_file: async (request, signal) =>
      receiptOf(await this.client(request).put(request.text('path'), { ...options(request), signal })),
    get: async (request, signal) => {
      const limit = request.number_('limit');
      return { data: await this.client(request).get(request.text('link'), { signal, ...(limit !== undefined && { limit }) }) };
    },
    get_file: async (request, signal) => {
      const reader = await this.client(request).open(request.text('link'), { signal });
      try {
        return { size: await request.host.save(request.text('path'), reader.stream({ signal })) };
      } finally {
        await reader.close();
      }
    },
    open: async (request, signal) => {
      const reader = await this.client(request).open(request.text('link'), { signal });
      this.kept.set(request.text('as'), reader);
      return { size: reader.size };
    },
    read: async (request, signal) => {
      const reader = this.kept.get(request.text('reader'));
      return { data: await reader.read(request.number_('offset'), request.number_('length'), { signal }) };
    },
    stream: async (request, signal) => {
      const reader = this.kept.get(request.text('reader'));
      const pieces = [];
      const stream = reader.stream({ offset: request.number_('offset', 0), signal }).getReader();
      for (let next = await stream.read(); !next.done; next = await stream.read()) pieces.push(next.value);
      return { data: new Uint8Array(await new Blob(pieces).arrayBuffer()) };
    },
    writer: async (request, signal) => {
      this.kept.set(request.text('as'), new Pushed(this.client(request), request, signal));
    },
    write: async (request) => {
      await this.kept.get(request.text('writer')).push(await request.view('data'));
    },
    finish: async (request) => receiptOf(await this.kept.get(request.text('writer')).finish()),
    chunk_put: async (request, signal) =>
      ({ address: hex(await this.client(request).putChunk(await request.bytes('data'), { signal })) }),
    chunk_get: async (request, signal) => ({ data: await this.client(request).getChunk(request.address('address'), { signal }) }),
    state: async (request) => ({ value: states.indexOf(await this.client(request).state()) + 1 }),
    next_state: async (request, signal) => {
      await this.client(request).nextState(states[request.number_('known') - 1], { signal });
    },
    timeout: async (request) => this.client(request).setTimeout(request.number_('milliseconds')),
    chunk_exists: async (request, signal) => ({ value: await this.client(request).hasChunk(request.address('address'), { signal }) }),
    record_create: async (request, signal) => {
      const [key, value] = [this.kept.get(request.text('key')), await request.bytes('value')];
      return recordOf(await this.client(request).createRecord(key, request.text('label'), value, { signal }));
    },
    record_set: async (request, signal) => {
      const [key, value] = [this.kept.get(request.text('key')), await request.bytes('value')];
      const version = request.number_('version');
      return recordOf(await this.client(request).setRecord(key, request.text('label'), version, value, { signal }));
    },
    record_get: async (request, signal) =>
      recordOf(await this.client(request).getRecord(request.address('address'), { version: request.number_('version'), signal })),
    record_list: async (request, signal) => {
      const limit = request.number_('limit', 1000);
      const versions = [];
      const listing = { before: request.number_('before'), pageSize: limit, signal };
      for await (const { version } of this.client(request).listRecord(request.address('address'), listing)) {
        versions.push(version);
        if (versions.length > limit) break;
      }
      return { versions: versions.slice(0, limit), next: versions.length > limit ? versions[limit - 1] : undefined };
    },
    record_address: async (request) =>
      ({ address: hex(await this.libsafe.recordAddress(request.address('owner'), request.text('label'))) }),
    link: async (request) => linkOf(await this.libsafe.Link.parse(request.text('text'))),
    link_from_address: async (request) => linkOf(await this.libsafe.Link.fromAddress(request.address('address'))),
    link_from_datamap: async (request) => linkOf(await this.libsafe.Link.fromDatamap(await request.bytes('datamap'))),
    link_with: async (request) => {
      const link = await this.libsafe.Link.parse(request.text('link'));
      return linkOf(await link.with({ name: request.text('name'), mediaType: request.text('media_type') }));
    },
    link_address: async (request) => ({ address: hex((await this.libsafe.Link.parse(request.text('link'))).address) }),
    link_datamap: async (request) => ({ datamap: (await this.libsafe.Link.parse(request.text('link'))).datamap }),
    key: async (request) => {
      const { Key } = this.libsafe;
      const key = request.text('seed') ? await Key.import(await request.bytes('seed')) : await Key.generate();
      this.kept.set(request.text('as'), key);
      return { public: hex(key.publicKey) };
    },
    key_seed: async (request) => ({ seed: await this.kept.get(request.text('key')).export() }),
    sign: async (request) => ({ signature: await this.kept.get(request.text('key')).sign(await request.bytes('data')) }),
    verify: async (request) => {
      await this.libsafe.Key.verify(request.address('public'), await request.bytes('data'), await request.bytes('signature'));
    },
    version: async () => ({ text: this.libsafe.version() }),
    feature: async (request) => ({ value: (await this.libsafe.features())[request.text('name')] ?? false }),
    misuse: async (request) => {
      const client = await this.libsafe.connect('mem:', this.connecting);
      try {
        const thing = this.kept.get(request.text('of'));
        if (request.text('where') === 'key') await client.createRecord(thing, 'label', new Uint8Array(0));
        else await client.get(thing);
      } finally {
        await client.close();
      }
    },
  };
}
