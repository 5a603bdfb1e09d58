// Installs the package as users do: npm pack, then npm install of the tarball in a project of its own, offline.
//
//   node install.mjs --npm DIR --project DIR
//
// What is installed is what all tests of JavaScript use (tests/common/installed.mjs).
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values: args } = parseArgs({ options: { npm: { type: 'string' }, project: { type: 'string' } } });

const npm = (...words) =>
  execFileSync('npm', [...words, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: args.project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

fs.rmSync(args.project, { recursive: true, force: true });
fs.mkdirSync(args.project, { recursive: true });
fs.writeFileSync(path.join(args.project, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));

const [{ filename, files }] = JSON.parse(npm('pack', '--json', path.resolve(args.npm)));
npm('install', `./${filename}`);
npm('install', './node_modules/libsafe/safe_ffi');
console.log(`${filename}: ${fs.statSync(path.join(args.project, filename)).size} bytes, ${files.length} files`);
