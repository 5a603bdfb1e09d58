// Programs of their own for the tests of the addon: the package is `safe`, its flat layer `flat`.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { folder as installed } from '../common/installed.mjs';

export const folder = mkdtempSync(path.join(tmpdir(), 'safe-addon-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What every program begins with; the package is the one in `from`. */
export function head(from = installed) {
  const file = (name) => JSON.stringify(pathToFileURL(path.join(from, name)).href);
  return `
    import * as safe from ${file('libsafe.js')};
    import * as flat from ${file('ffi.js')};
    const { connect } = safe;
    const folder = ${JSON.stringify(folder)};
    const failed = (problem) => problem.codeName ?? problem.name;`;
}

/** What a program prints, and how it ends. SAFE_ENGINE is as said, or not set. */
export function program(text, { engine, from, flags = [] } = {}) {
  const { SAFE_ENGINE: _, ...rest } = process.env;
  const env = engine === undefined ? rest : { ...rest, SAFE_ENGINE: engine };
  return new Promise((resolve) => {
    const words = [...flags, '--input-type=module', '-e', head(from) + text];
    execFile(process.execPath, words, { timeout: 120_000, env }, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }));
  });
}
