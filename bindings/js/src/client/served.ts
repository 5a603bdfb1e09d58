// The calls of an engine, each over the flat layer.
import { SAFE_CONNECT_ANONYMOUS, SAFE_CONNECT_NO_CREATE, SAFE_VERSION_NEWEST } from '../ffi/constants.js';
import type { safe_link } from '../ffi/functions.js';
import type { Ffi } from '../ffi/load.js';
import type { Arguments, Call, Result } from './engine.js';
import { bytesFacts, linkFacts, recordFacts, recordPage } from './facts.js';
import { closed } from './failures.js';
import type { Files } from './files.js';
import type { Objects } from './objects.js';
import { during, result } from './operations.js';
import { serving } from './serving.js';
import type { Stop } from './stop.js';
import type { Transports } from '../transports/index.js';

/** Each call as it is done: it can be stopped, and may take its time. */
export type Served = {
  [Name in Call]: (stop: Stop, ...args: Arguments<Name>) => Result<Name> | Promise<Result<Name>>;
};

const featureNames = ['mem', 'file', 'files', 'wait', 's1'];

export function served(ffi: Ffi, objects: Objects, files: Files, transports: Transports | undefined): Served {
  /** With a link that lives for the time of the call. */
  async function linked<Value>(text: string, use: (link: safe_link) => Value | Promise<Value>): Promise<Value> {
    const link = ffi.safe_link_parse(text);
    try {
      return await use(link);
    } finally {
      ffi.safe_link_free(link);
    }
  }

  function withKey(key: ReturnType<Ffi['safe_key_generate']>) {
    const publicKey = ffi.safe_key_public(key);
    return { id: objects.add({ kind: 'key', handle: key }), publicKey };
  }

  return {
    async connect(stop, url, create, key, anonymous) {
      const flags = (create ? 0 : SAFE_CONNECT_NO_CREATE) | (anonymous ? SAFE_CONNECT_ANONYMOUS : 0);
      transports?.prepare(url);
      const start = () => (key === undefined ? ffi.safe_connect(url, flags) : ffi.safe_connect_as(objects.key(key), url, flags));
      const handle = await during(ffi, stop, start, ffi.safe_op_take_client);
      files.connected(url);
      return objects.add({ kind: 'client', handle, url, open: true, readers: new Set(), calls: new Set() });
    },
    async open(stop, id, text) {
      const client = objects.client(id, stop);
      return linked(text, async (link) => {
        const handle = await during(ffi, stop, () => ffi.safe_open(client.handle, link), ffi.safe_op_take_reader);
        if (!client.open) {
          ffi.safe_reader_free(handle);
          throw closed('the client was closed');
        }
        const reader = objects.add({ kind: 'reader', handle, client, calls: new Set() });
        client.readers.add(reader);
        return {
          id: reader,
          size: Number(ffi.safe_reader_size(handle)),
          name: ffi.safe_link_name(link) ?? undefined,
          mediaType: ffi.safe_link_media_type(link) ?? undefined,
        };
      });
    },
    async read(stop, id, offset, length) {
      const { handle } = objects.reader(id, stop);
      if (ffi.engine === 'addon') {
        // A tenth faster than bytes that the library makes, which are mapped anew and copied.
        const room = new Uint8Array(length);
        const size = await during(ffi, stop, () => ffi.safe_reader_read_into(handle, offset, room), ffi.safe_op_take_u64);
        return size === BigInt(length) ? room : room.slice(0, Number(size));
      }
      const bytes = await during(ffi, stop, () => ffi.safe_reader_read(handle, offset, length), ffi.safe_op_take_bytes);
      return bytesFacts(ffi, bytes);
    },
    state: (stop, id) => ffi.safe_client_state(objects.client(id, stop).handle),
    async nextState(stop, id, known) {
      const { handle } = objects.client(id, stop);
      await during(ffi, stop, () => ffi.safe_client_next_state(handle, known), result(ffi));
      return ffi.safe_client_state(handle);
    },
    setTimeout: (stop, id, milliseconds) => ffi.safe_client_set_timeout(objects.client(id, stop).handle, milliseconds),
    async chunkGet(stop, id, address) {
      const { handle } = objects.client(id, stop);
      return bytesFacts(ffi, await during(ffi, stop, () => ffi.safe_chunk_get(handle, address), ffi.safe_op_take_bytes));
    },
    async chunkPut(stop, id, bytes) {
      const { handle } = objects.client(id, stop);
      return bytesFacts(ffi, await during(ffi, stop, () => ffi.safe_chunk_put(handle, bytes), ffi.safe_op_take_bytes));
    },
    async chunkExists(stop, id, address) {
      const { handle } = objects.client(id, stop);
      return (await during(ffi, stop, () => ffi.safe_chunk_exists(handle, address), ffi.safe_op_take_u64)) !== 0n;
    },
    async recordCreate(stop, id, key, label, value) {
      const { handle } = objects.client(id, stop);
      const start = () => ffi.safe_record_create(handle, objects.key(key), label, value);
      return recordFacts(ffi, await during(ffi, stop, start, ffi.safe_op_take_record));
    },
    async recordSet(stop, id, key, label, version, value) {
      const { handle } = objects.client(id, stop);
      const start = () => ffi.safe_record_set(handle, objects.key(key), label, version, value);
      return recordFacts(ffi, await during(ffi, stop, start, ffi.safe_op_take_record));
    },
    async recordGet(stop, id, address, version) {
      const { handle } = objects.client(id, stop);
      const start = () => ffi.safe_record_get(handle, address, version ?? SAFE_VERSION_NEWEST);
      return recordFacts(ffi, await during(ffi, stop, start, ffi.safe_op_take_record));
    },
    async recordList(stop, id, address, before, limit) {
      const { handle } = objects.client(id, stop);
      const start = () => ffi.safe_record_list(handle, address, before ?? SAFE_VERSION_NEWEST, limit);
      return recordPage(ffi, await during(ffi, stop, start, ffi.safe_op_take_record_page));
    },
    recordAddress: (_, owner, label) => ffi.safe_record_address_of(owner, label),
    keyGenerate: () => withKey(ffi.safe_key_generate()),
    keyImport: (_, seed) => withKey(ffi.safe_key_import(seed)),
    keyExport: (_, key) => ffi.safe_key_export(objects.key(key)),
    keySign: (_, key, bytes) => ffi.safe_key_sign(objects.key(key), bytes),
    keyVerify: (_, publicKey, bytes, signature) => ffi.safe_key_verify(publicKey, bytes, signature),
    linkParse: (_, text) => linkFacts(ffi, ffi.safe_link_parse(text)),
    linkOfAddress: (_, address) => linkFacts(ffi, ffi.safe_link_from_address(address)),
    linkOfDatamap: (_, datamap) => linkFacts(ffi, ffi.safe_link_from_datamap(datamap)),
    linkWith: (_, text, name, mediaType) =>
      linked(text, (link) => linkFacts(ffi, ffi.safe_link_with(link, name, mediaType))),
    ...serving(ffi, objects, files, transports),
    figures: (stop, id) => files.figures(objects.client(id, stop).url, stop),
    counts: (stop, id) => files.counts(objects.client(id, stop).url),
    features: () => Object.fromEntries(featureNames.map((name) => [name, ffi.safe_feature(name) !== 0])),
    liveHandles: () => ffi.liveHandles() - files.handles - (transports?.handles ?? 0),
    heapBytes: () => ffi.heapBytes(),
    free: (_, id) => objects.free(id),
  };
}
