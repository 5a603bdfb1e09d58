// Core libraries and programs with libsafe.a in them: the commands of wasm/README.md are run as they stand there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const wasm = fileURLToPath(new URL('..', import.meta.url));
const blocks = fs.readFileSync(path.join(wasm, 'README.md'), 'utf8').match(/(?<=^```sh\n)[^]*?(?=^```$)/gm);

// The commands name files as they are in a checkout.
const room = fs.mkdtempSync(path.join(os.tmpdir(), 'safe-static-'));
fs.symlinkSync(path.resolve(process.env.SAFE_WASM_DIR, '..'), path.join(room, 'build'));
fs.symlinkSync(wasm, path.join(room, 'wasm'));
after(() => fs.rmSync(room, { recursive: true }));

const exported = blocks[0].match(/^export .*$/m)[0];
function run(block) {
  return execFileSync('sh', ['-euc', `${exported}\n${block}`], { cwd: room, encoding: 'utf8' });
}

test('there are two', () => assert.equal(blocks.length, 2));

test('a core library in C and the lines of JavaScript that use it', () => {
  const lines = run(blocks[0]).trim().split('\n');
  assert.match(lines[0], /^safe.*, 49000 bytes, the same bytes$/);
  assert.match(lines[1], /^-\d+: .*link/);
  assert.equal(lines[2], '0 handles');
});

test('a program with a loop of its own', () => {
  assert.equal(run(blocks[1]), 'SAFE_OK: what a program keeps in a vault\n');
});
