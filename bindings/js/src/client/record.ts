// Records: small signed values with versions, which only the holder of their key can write.
import { copied, textOf, type Bytes } from './arguments.js';
import type { RecordFacts } from './engine.js';
import { ask } from './running.js';

/** One version of a record, as read from the vault and verified. Versions are bigints above 2^53 only. */
export type RecordVersion = Readonly<RecordFacts>;

/** The address (32 bytes) of the record with that label (1 to 255 bytes) under the owner's public key. */
export async function recordAddress(owner: Bytes, label: string): Promise<Uint8Array> {
  return ask('recordAddress', [copied(owner, 'owner', 32), textOf(label, 'label')]);
}
