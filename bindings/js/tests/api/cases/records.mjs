// Keys and records.
import { equal, fails, ok, noise, text } from '../check.mjs';
import { test } from './cases.mjs';

test('a key signs, and others verify', async ({ safe }) => {
  const key = await safe.Key.generate();
  const signature = await key.sign(text('said'));
  equal(signature.length, 64, 'size');
  await key.verify(text('said'), signature);
  await safe.Key.verify(key.publicKey, text('said'), signature);
  await fails(safe.Key.verify(key.publicKey, text('other'), signature), 'SAFE_BAD_SIGNATURE');
  const seed = await key.export();
  const same = await safe.Key.import(seed);
  equal([same.publicKey, await same.sign(text('said'))], [key.publicKey, signature], 'of the same seed');
  await key.close();
  await fails(key.sign(text('said')), 'SAFE_CLOSED', /the key was closed/);
  await fails(key.export(), 'SAFE_CLOSED');
  await same.close();
});

test('a record has versions, from which the newest or any can be had', async ({ connect, safe }) => {
  const client = await connect();
  const key = await safe.Key.generate();
  const first = await client.createRecord(key, 'label', text('zero'));
  equal([first.label, first.version, first.value, first.owner], ['label', 0, text('zero'), key.publicKey], 'first');
  equal(first.address, await safe.recordAddress(key.publicKey, 'label'), 'address');
  for (let version = 1; version <= 5; ++version) await client.setRecord(key, 'label', version, text(`v${version}`));
  equal((await client.getRecord(first.address)).value, text('v5'), 'newest');
  equal((await client.getRecord(first.address, { version: 2 })).value, text('v2'), 'one');
  equal((await client.getRecord(first.address, { version: 3n })).version, 3, 'one, asked for by a bigint');
  const versions = async (options) => {
    const found = [];
    for await (const record of client.listRecord(first.address, options)) found.push(record.version);
    return found;
  };
  equal(await versions(), [5, 4, 3, 2, 1, 0], 'all');
  equal(await versions({ pageSize: 2 }), [5, 4, 3, 2, 1, 0], 'all, in pages');
  equal(await versions({ before: 3, pageSize: 1 }), [2, 1, 0], 'below one');
  await key.close();
  await client.close();
});

test('a conflict says which version there is', async ({ connect, safe }) => {
  const client = await connect();
  const key = await safe.Key.generate();
  await client.createRecord(key, 'label', text('zero'));
  const exists = await fails(client.createRecord(key, 'label', text('again')), 'SAFE_DATA_EXISTS');
  ok(exists instanceof safe.SafeError && exists instanceof Error, 'it is a SafeError');
  equal([exists.code, exists.name, exists.details], [-104, 'SafeError', { current_version: 0 }], 'code, name and details');
  const successor = await fails(client.setRecord(key, 'label', 5, text('five')), 'SAFE_INVALID_SUCCESSOR');
  equal([successor.code, successor.details.current_version], [-111, 0], 'code and details');
  await fails(client.setRecord(key, 'none', 1, text('one')), 'SAFE_NO_SUCH_DATA');
  await fails(client.getRecord(noise(32)), 'SAFE_NO_SUCH_DATA');
  equal((await client.getRecord(exists.details.current_version === 0 ? await safe.recordAddress(key.publicKey, 'label') : null)).value,
    text('zero'), 'nothing was written');
  await key.close();
  await client.close();
});

test('of writers that race one wins each version', async ({ connect, safe }) => {
  const client = await connect();
  const key = await safe.Key.generate();
  await client.createRecord(key, 'race', text('0'));
  const writers = Array.from({ length: 20 }, (_, number) => client.setRecord(key, 'race', 1, text(`w${number}`)));
  const ends = await Promise.allSettled(writers);
  equal(ends.filter(({ status }) => status === 'fulfilled').length, 1, 'winners');
  ok(ends.every(({ status, reason }) => status === 'fulfilled' || reason.codeName === 'SAFE_INVALID_SUCCESSOR'), 'the others know');
  await key.close();
  await client.close();
});

test('numbers above 2^53 stay exact, as bigints', async ({ connect, safe }) => {
  const client = await connect();
  const key = await safe.Key.generate();
  await client.createRecord(key, 'high', text('0'));
  for (const version of [2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 2n]) {
    const problem = await fails(client.setRecord(key, 'high', version, text('x')), 'SAFE_INVALID_SUCCESSOR');
    ok(problem.message.includes(String(version)), `the message names ${version}: ${problem.message}`);
  }
  const address = await safe.recordAddress(key.publicKey, 'high');
  await fails(client.getRecord(address, { version: 2n ** 53n + 1n }), 'SAFE_NO_SUCH_DATA');
  await fails(client.getRecord(address, { version: 2n ** 64n }), 'SAFE_INVALID_ARGUMENT', /version/);
  await fails(client.getRecord(address, { version: 2 ** 53 }), 'SAFE_INVALID_ARGUMENT', /bigint/);
  await key.close();
  await client.close();
});

test('a key works with the clients of both engines', async ({ safe }) => {
  const key = await safe.Key.generate();
  for (const worker of [true, false]) {
    const client = await safe.connect('mem:', { worker });
    const record = await client.createRecord(key, 'both', text('x'));
    equal(record.owner, key.publicKey, 'owner');
    await client.close();
  }
  await key.close();
}, { only: ['worker', 'inline'] });
