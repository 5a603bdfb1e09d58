// The stores as one module, made of the package's sources: they are inside of libsafe.js, where nobody can reach them.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tools } from '../common/tools.mjs';

const stage = path.resolve(process.env.SAFE_JS_STAGE ?? '.');
export const wasm = path.resolve(process.env.SAFE_NPM ?? '.', 'libsafe.wasm');

/** Bundles a module whose imports are looked for in src/; the file's path. */
export async function bundle(name, contents, folder) {
  const outfile = path.join(folder, name);
  await tools('esbuild').build({
    stdin: { contents, resolveDir: path.join(stage, 'src'), sourcefile: name },
    outfile, bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning',
  });
  return outfile;
}

/** A folder for the tests of a file, gone at their end: after browsers were ended that are still writing to it. */
export async function temporaryFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'safe-stores-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return folder;
}

export const stores = `
  export * from './stores/index.ts';
  export { loadFfi, SafeError, enums } from './ffi/index.ts';
`;
