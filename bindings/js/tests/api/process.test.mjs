// The library and Node's process: it stays as long as something is under way, and no longer; a trap does not break it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

let folder;
before(async () => (folder = await mkdtemp(path.join(tmpdir(), 'safe-process-'))));
after(() => rm(folder, { recursive: true, force: true }));

const module = pathToFileURL(path.join(process.env.SAFE_NPM, 'libsafe.js')).href;

/** What a script prints, and how it ends. */
function script(text) {
  const head = `import * as safe from ${JSON.stringify(module)};\nconst { connect } = safe;\nconst folder = ${JSON.stringify(folder)};\n`;
  return new Promise((resolve) => {
    const options = { timeout: 60_000 };
    execFile(process.execPath, ['--input-type=module', '-e', head + text], options, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }));
  });
}

test('idle clients, readers and keys do not keep the process', async () => {
  const begun = performance.now();
  const ended = await script(`
    for (const url of ['mem:', \`file:\${folder}/idle\`]) {
      const client = await connect(url);
      const reader = await client.open((await client.put(new Uint8Array(100_000))).link);
      await reader.read(0, 1);
    }
    await safe.Key.generate();
    await safe.Link.parse('x').catch(() => {});
    console.log('idle');`);
  assert.deepEqual(ended, { code: 0, stdout: 'idle\n', stderr: '' });
  assert.ok(performance.now() - begun < 30_000, 'it ended by itself');
});

test('what is under way keeps it, without anybody waiting', async () => {
  await writeFile(path.join(folder, 'content'), new Uint8Array(5_000_000).map((_, at) => at * at >> 4));
  const ended = await script(`
    for (const url of ['mem:', \`file:\${folder}/busy\`]) {
      connect(url).then(async (client) => {
        const { link } = await client.put(\`\${folder}/content\`);
        const reader = await client.open(link);
        let size = 0;
        for await (const piece of reader.stream()) size += piece.length;
        console.log(size);
      });
    }`);
  assert.deepEqual(ended, { code: 0, stdout: '5000000\n5000000\n', stderr: '' });
});

test('a scope that ends closes what was opened in it', async () => {
  const ended = await script(`
    const client = await connect('mem:');
    await client.close();
    console.log(await safe.liveHandles(), await safe.heapBytes());`);
  assert.deepEqual(ended, { code: 0, stdout: '0 0\n', stderr: '' });
});

const wasmAlone = { skip: process.env.SAFE_ENGINE === 'addon' && 'a trap is one of wasm' };

test('after a trap everything fails, and the next connection starts the library anew', wasmAlone, async () => {
  const ended = await script(`
    const real = WebAssembly.instantiate;
    let broken = false;
    WebAssembly.instantiate = async (...given) => {
      const instance = await real(...given);
      const exports = { ...instance.exports };
      const names = Object.keys(exports).filter((name) => exports[name] === instance.exports.safe_wasm_pump);
      for (const name of names) {
        exports[name] = () => {
          if (broken) throw new WebAssembly.RuntimeError('unreachable');
          return instance.exports[name]();
        };
      }
      return { exports };
    };
    const client = await connect('mem:');
    const { link } = await client.put(new Uint8Array(10));
    const reader = await client.open(link);
    const other = await connect('mem:');
    const putting = client.put(new Uint8Array(5_000_000));
    broken = true;
    for (const end of [putting, reader.read(0, 1), other.open(link), client.put(new Uint8Array(1))]) {
      await end.catch(({ codeName, message }) => console.log(codeName, message));
    }
    await client.close();
    await other.close();
    broken = false;
    const next = await connect('mem:');
    console.log((await next.put(new Uint8Array(5))).size);
    await next.close();`);
  const failure = 'SAFE_UNEXPECTED the library has stopped (unreachable); connect again to start it anew';
  assert.deepEqual(ended.stdout.split('\n'), [...Array(4).fill(failure), '5', '']);
  assert.equal(ended.code, 0, ended.stderr);
});
