// A program of a user, as types.test.mjs compiles it in strict mode: what must be accepted, and what must not.
import { connect, Key, Link, SafeError, Vault, type ClientState, type Receipt } from 'libsafe';
import { loadFfi, SAFE_PUT_PRIVATE, type safe_client, type safe_link } from 'libsafe/ffi';
import { loadGuest } from 'libsafe/guest';
import safe_ffi from 'safe_ffi';

export async function content(): Promise<Uint8Array> {
  await using client = await connect('mem:');
  const receipt: Receipt = await client.put(new Uint8Array(9), {
    private: true,
    onProgress: (done) => console.log(done),
    signal: AbortSignal.timeout(1000),
  });
  const link: Link = receipt.link;
  await using reader = await client.open(link.text);
  const part: Uint8Array = await reader.read(1, 3);
  // @ts-expect-error -- offsets are numbers or bigints
  await reader.read('1', 3);
  // @ts-expect-error -- a number is no content
  await client.put(7);
  // @ts-expect-error -- there is no such option
  await client.put(part, { secret: true });
  return client.get(link);
}

export function failed(problem: unknown): string {
  return problem instanceof SafeError ? `${problem.codeName} ${problem.code.toFixed()}` : String(problem);
}

export async function flat(): Promise<bigint> {
  const ffi = await loadFfi();
  const op = ffi.safe_connect('mem:', 0);
  await ffi.ended(op);
  const client: safe_client = ffi.safe_op_take_client(op);
  ffi.safe_op_free(ffi.safe_put(client, new Uint8Array(1), SAFE_PUT_PRIVATE));
  // @ts-expect-error -- a client is no link
  const link: safe_link = client;
  ffi.safe_client_free(client);
  void link;
  return safe_ffi.safe_debug_live_handles();
}

export async function guest(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  using loaded = await loadGuest(bytes, await loadFfi(), { report: (message) => console.warn(message) });
  return loaded.liveHandles();
}

export async function keys(): Promise<boolean> {
  const key = await Key.generate();
  return key instanceof Key;
}

export async function served(): Promise<string[]> {
  await using vault = await Vault.open('mem:', { key: await Key.generate() });
  await vault.setLimit('quota', 10n ** 12n);
  // @ts-expect-error -- there is no such limit
  await vault.setLimit('speed', 1);
  await using client = await connect(await vault.listen('tcp://127.0.0.1:0'));
  const seen: ClientState[] = [];
  for await (const state of client.states()) seen.push(state);
  await vault.drain(1000);
  return vault.urls;
}
