// What a page does with the library, however it got it, and the facts that it must find.
export const FACTS = { isolated: false, part: true, name: 'story.bin', whole: true, error: 'SAFE_BAD_LINK', handles: 0 };

export async function story({ connect, Key, liveHandles, SafeError }) {
  const facts = { isolated: globalThis.crossOriginIsolated };
  const content = new Uint8Array(5_000_000).map((_, at) => (at * at) >> 7);
  let link;
  {
    const client = await connect('file:story');
    const file = new File([content], 'story.bin', { type: 'application/octet-stream' });
    ({ link } = await client.put(file, { private: true }));
    await client.close();
  }
  const client = await connect('file:story', { create: false });
  const reader = await client.open(link.text);
  const part = await reader.read(4_000_000, 1000);
  facts.part = part.every((byte, at) => byte === content[4_000_000 + at]) && part.length === 1000;
  facts.name = reader.name;
  const blob = await reader.blob();
  const back = new Uint8Array(await blob.arrayBuffer());
  facts.whole = back.length === content.length && back.every((byte, at) => byte === content[at]);
  await reader.close();
  const key = await Key.generate();
  await client.createRecord(key, 'label', content.slice(0, 10));
  await key.close();
  facts.error = await client.get('safe:nothing').then(() => null, (problem) => problem instanceof SafeError && problem.codeName);
  await client.close();
  facts.handles = Number(await liveHandles());
  return facts;
}
