// What wasm/guest/README.md says about making a guest in C and in Rust, and running it, is true to the letter.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { project } from '../common/installed.mjs';

const root = path.resolve(import.meta.dirname, '../../../..');
const readme = fs.readFileSync(path.join(root, 'wasm/guest/README.md'), 'utf8');

/** The block that is marked so. */
function block(mark) {
  const at = readme.indexOf(`<!-- guest: ${mark} -->\n`);
  assert.ok(at >= 0, mark);
  return /```\w+\n(.*?)```/s.exec(readme.slice(at))[1];
}

// A folder that looks like the top of the repository after a build.
const top = fs.mkdtempSync(path.join(os.tmpdir(), 'safe-guest-'));
after(() => fs.rmSync(top, { recursive: true }));
for (const folder of ['capi', 'wasm']) fs.symlinkSync(path.join(root, folder), path.join(top, folder));
fs.symlinkSync(path.resolve(process.env.SAFE_OUTPUT), path.join(top, 'build'));

for (const [language, file] of [['c', 'yours.c'], ['rust', 'yours.rs']]) {
  test(`a guest in ${language}`, () => {
    fs.writeFileSync(path.join(top, file), block(file));
    execFileSync('sh', ['-eu', '-c', block(language)], { cwd: top, stdio: ['ignore', 'inherit', 'inherit'] });
    const host = path.join(project, `host-${language}.mjs`);
    fs.writeFileSync(host, block('host'));
    assert.equal(execFileSync(process.execPath, [host], { cwd: top, encoding: 'utf8' }), '0\n');
  });
}
