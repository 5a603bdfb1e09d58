/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Encrypted storage on vaults that need not be trusted.
 *
 * ```js
 * import { connect } from 'libsafe';
 *
 * const client = await connect('mem:');
 * const { link } = await client.put(new TextEncoder().encode('any bytes, a Blob, a stream, a path'));
 * const reader = await client.open(link);
 * console.log(await reader.read(0, 9), reader.size);
 * await client.close();
 * ```
 */
import './dispose.js';
import { serve } from './worker/host.js';

export {
  Client, connect, type ClientState, type ConnectOptions, type Figures, type GetOptions, type PutOptions, type Stats,
} from './client/client.js';
export type { Whole } from './client/engine.js';
export type { Content } from './client/given.js';
export type { EngineName } from './ffi/choice.js';
export { Key } from './client/key.js';
export { features, heapBytes, liveHandles, version } from './client/library.js';
export { Link, type Chunk, type Receipt } from './client/link.js';
export { Reader, type RangeOptions, type ReadOptions } from './client/reader.js';
export { recordAddress, type RecordVersion } from './client/record.js';
export { Vault, type VaultLimit, type VaultOptions } from './client/vault.js';
export { SafeError, type Details } from './ffi/error.js';
export type { Bytes } from './ffi/values.js';
export type { WasmSource } from './ffi/load.js';
export { listStores, removeStore } from './stores/index.js';

serve();
