// How clients and vaults begin: in an engine, which is held by what is made in it.
import { flagOf, optionsOf, textOf } from './arguments.js';
import type { ConnectOptions } from './client.js';
import type { Engine } from './engine.js';
import { aborted } from './failures.js';
import { Key } from './key.js';
import { hold, placeOf, type Running } from './running.js';

export interface Begun<Made> {
  running: Running;
  engine: Engine;
  made: Made;
}

/** The engine is let go of again if `start` fails. */
export async function begun<Made>(
  url: string,
  options: ConnectOptions | undefined,
  start: (engine: Engine, create: boolean, key: number | undefined, given: ConnectOptions) => Promise<Made>,
): Promise<Begun<Made>> {
  const given = optionsOf(options);
  const { create, signal, key, worker, engine: build, wasm } = given;
  textOf(url, 'url');
  const running = hold(placeOf({ worker, engine: build, wasm }), wasm);
  try {
    if (signal?.aborted) throw aborted(signal.reason);
    const engine = await running.engine;
    const creates = create === undefined || flagOf(create, 'create');
    const begin = (own: number | undefined) => start(engine, creates, own, given);
    const made = key === undefined ? await begin(undefined) : await Key.in(key, engine, begin);
    return { running, engine, made };
  } catch (problem) {
    await running.release(false);
    throw problem;
  }
}
