// Makes the npm package: two files that work alone (libsafe.js, libsafe.wasm), the entries for the flat layer and for
// guests, declarations, README.
//
//   node build.mjs --tools DIR --generated DIR --wasm DIR [--addon FILE] --stage DIR --out DIR
//
//   --tools       what install.sh printed
//   --generated   what capi/model/gen_js.py and gen_guest.py wrote, in folders as in src/
//   --wasm        libsafe.wasm and its glue libsafe.mjs
//   --addon       libsafe.node, for the Node and the machine that run this
//   --stage       where sources and generated files are put together
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const names = ['tools', 'generated', 'wasm', 'stage', 'out'];
const { values: args } = parseArgs({ options: Object.fromEntries([...names, 'addon'].map((name) => [name, { type: 'string' }])) });
for (const name of names) if (!args[name]) fail(`--${name} is missing`);

// What users import, and where it is in src/.
const ENTRIES = { libsafe: 'index.ts', ffi: 'ffi/index.ts', guest: 'guest/index.ts' };

function fail(message) {
  console.error(`build.mjs: ${message}`);
  process.exit(1);
}

function copyTree(from, to, wanted = () => true) {
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    if (entry.isDirectory()) copyTree(source, path.join(to, entry.name), wanted);
    else if (wanted(entry.name)) {
      fs.mkdirSync(to, { recursive: true });
      fs.copyFileSync(source, path.join(to, entry.name));
    }
  }
}

function stage() {
  fs.rmSync(args.stage, { recursive: true, force: true });
  const src = path.join(args.stage, 'src');
  copyTree(path.join(here, 'src'), src);
  copyTree(args.generated, src);
  const glue = path.join(args.wasm, 'libsafe.mjs');
  if (!fs.existsSync(glue)) fail(`${glue} is missing; type: make build-wasm`);
  fs.copyFileSync(glue, path.join(src, 'ffi/glue.mjs'));
  fs.copyFileSync(path.join(here, 'package.json'), path.join(args.stage, 'package.json')); // says that these are ES modules
  const config = JSON.parse(fs.readFileSync(path.join(here, 'tsconfig.json'), 'utf8'));
  config.compilerOptions.typeRoots = [path.join(args.tools, 'node_modules/@types')];
  config.compilerOptions.outDir = path.join(args.stage, 'types');
  fs.writeFileSync(path.join(args.stage, 'tsconfig.json'), JSON.stringify(config));
  return src;
}

function declarations() {
  const tsc = path.join(args.tools, 'node_modules/typescript/bin/tsc');
  const done = spawnSync(process.execPath, [tsc, '-p', args.stage], { encoding: 'utf8', cwd: args.stage });
  if (done.status !== 0) fail(`types:\n${done.stdout.replaceAll(/^src\//gm, 'bindings/js/src/')}${done.stderr}`);
}

async function bundle(src, entries) {
  const esbuild = createRequire(path.join(args.tools, 'package.json'))('esbuild');
  await esbuild.build({
    entryPoints: entries.map((name) => ({ in: path.join(src, ENTRIES[name]), out: name })),
    outdir: args.out,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    // Class names show in inspect and in stack traces.
    keepNames: false,
    legalComments: 'none',
    logLevel: 'warning',
    loader: { '.mjs': 'js' },
  });
}

function writePackage(entries) {
  const manifest = JSON.parse(fs.readFileSync(path.join(here, 'package.json'), 'utf8'));
  delete manifest.devDependencies;
  for (const name of Object.keys(ENTRIES)) {
    if (!entries.includes(name)) delete manifest.exports[name === 'libsafe' ? '.' : `./${name}`];
  }
  fs.writeFileSync(path.join(args.out, 'package.json'), JSON.stringify(manifest, null, 2) + '\n');
  copyTree(path.join(args.stage, 'types'), path.join(args.out, 'types'));
  for (const name of entries) {
    const module = ENTRIES[name].replace(/\.ts$/, '.js');
    fs.writeFileSync(path.join(args.out, `${name}.d.ts`), `export * from './types/${module}';\n` +
      (/^export default/m.test(fs.readFileSync(path.join(here, 'src', ENTRIES[name]), 'utf8'))
        ? `export { default } from './types/${module}';\n` : ''));
  }
  fs.copyFileSync(path.join(args.wasm, 'libsafe.wasm'), path.join(args.out, 'libsafe.wasm'));
  if (args.addon) {
    const folder = path.join(args.out, 'prebuilds', `${process.platform}-${process.arch}`); // as src/addon/find.ts looks for it
    fs.mkdirSync(folder, { recursive: true });
    fs.copyFileSync(args.addon, path.join(folder, 'libsafe.node'));
  }
  for (const file of ['README.md', '../../LICENSE-MIT', '../../LICENSE-APACHE'])
    fs.copyFileSync(path.join(here, file), path.join(args.out, path.basename(file)));
  copyTree(path.join(here, 'safe_ffi'), path.join(args.out, 'safe_ffi'));
}

const src = stage();
const entries = Object.keys(ENTRIES).filter((name) => fs.existsSync(path.join(src, ENTRIES[name])));
fs.rmSync(args.out, { recursive: true, force: true });
fs.mkdirSync(args.out, { recursive: true });
await Promise.all([bundle(src, entries), declarations()]);
writePackage(entries);
