// The declarations, as strict projects of users see them: with a bundler for browsers, and with Node.
import { spawnSync } from 'node:child_process';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { project } from '../common/installed.mjs';

const user = path.join(path.dirname(fileURLToPath(import.meta.url)), 'consumer/user.ts');
const node_modules = path.join(path.resolve(process.env.SAFE_NPM_TOOLS), 'node_modules');

const browser = { module: 'esnext', moduleResolution: 'bundler', types: [], exactOptionalPropertyTypes: true };
const node = { module: 'nodenext', moduleResolution: 'nodenext', types: ['node'] };
const projects = {
  'for browsers, moduleResolution bundler': { ...browser, lib: ['es2022', 'esnext.disposable', 'dom', 'dom.iterable'] },
  'for Node, moduleResolution nodenext': { ...node, lib: ['es2022', 'esnext.disposable', 'dom'] },
  // As @tsconfig/node20 is: without the DOM nothing declares WebAssembly, so that declarations of others are not checked.
  'for Node, without the DOM': { ...node, lib: ['es2023', 'esnext.disposable'], skipLibCheck: true },
};

for (const [name, options] of Object.entries(projects)) {
  test(`a strict project ${name} compiles`, () => {
    const folder = fs.mkdtempSync(path.join(project, 'types-'));
    fs.copyFileSync(user, path.join(folder, 'user.ts'));
    const compilerOptions = {
      strict: true, noUncheckedIndexedAccess: true, skipLibCheck: false, target: 'es2022', noEmit: true,
      typeRoots: [path.join(node_modules, '@types')], ...options,
    };
    fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['user.ts'] }));
    const done = spawnSync(process.execPath, [path.join(node_modules, 'typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' });
    assert.equal(done.status, 0, done.stdout + done.stderr);
  });
}
