// Which build of the library is used: libsafe.wasm, or the addon of Node.
import { SAFE_INVALID_ARGUMENT } from './constants.js';
import { SafeError } from './error.js';
import { inNode } from './pump.js';

export type EngineName = 'addon' | 'wasm';

/** What the caller says, else what SAFE_ENGINE in the environment says, if that is set. Who gives a wasm file wants it used. */
export function chosen({ engine, wasm }: { engine?: EngineName; wasm?: unknown }): EngineName | undefined {
  if (engine !== undefined) {
    if (isName(engine)) return engine;
    throw new TypeError("engine: 'addon' or 'wasm' expected");
  }
  if (wasm !== undefined) return 'wasm';
  const said = inNode ? process.env['SAFE_ENGINE'] : undefined;
  if (said === undefined || said === '') return undefined;
  if (isName(said)) return said;
  throw new SafeError(
    SAFE_INVALID_ARGUMENT, 'SAFE_INVALID_ARGUMENT', `SAFE_ENGINE in the environment is '${said}'; set it to addon or wasm, or not at all`,
  );
}

function isName(name: unknown): name is EngineName {
  return name === 'addon' || name === 'wasm';
}
