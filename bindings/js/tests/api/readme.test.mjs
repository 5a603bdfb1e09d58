// The README's snippets, each as a program of its own in a project that has the package.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { project } from '../common/installed.mjs';

const readme = await readFile(path.join(path.dirname(fileURLToPath(import.meta.url)), '../../README.md'), 'utf8');
const snippets = [...readme.matchAll(/^```js\n([\s\S]*?)^```$/gm)];
const folder = await mkdtemp(path.join(project, 'readme-'));
after(() => rm(folder, { recursive: true, force: true }));
await writeFile(path.join(folder, 'package.json'), '{}');

test('there are snippets', () => assert.ok(snippets.length >= 6));

for (const [at, { 1: code, index }] of snippets.entries()) {
  const heading = [...readme.slice(0, index).matchAll(/^## (.*)$/gm)].at(-1)[1];
  test(`${heading}: snippet ${at} runs`, async () => {
    const file = path.join(folder, `snippet-${at}.mjs`);
    await writeFile(file, code);
    execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'inherit'] });
  });
}
