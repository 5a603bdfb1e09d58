// A browser of our own, in processes of its own, so that it can be killed as a power cut would.
import { spawn } from 'node:child_process';
import { tools } from '../common/tools.mjs';
import { HOW } from './browser.mjs';

const { chromium } = tools('playwright-core');

/** Chromium with a folder that keeps what it stores. */
export async function launchKillable(profile) {
  const child = spawn(
    HOW.executablePath,
    [...HOW.args, '--headless=new', '--disable-gpu', '--no-first-run', '--remote-debugging-port=0',
      `--user-data-dir=${profile}`, 'about:blank'],
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise((resolve) => child.on('close', resolve));
  const endpoint = await new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (part) => {
      said += part;
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    ended.then(() => reject(new Error(`Chromium has ended: ${said}`)));
  });
  const browser = await chromium.connectOverCDP(endpoint);
  return {
    context: browser.contexts()[0],
    /** With all processes that it started. */
    async kill() {
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}
