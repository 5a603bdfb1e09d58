// A browser that can be killed, with all its processes, as a power cut would.
import { HOW, launchIn } from './browser.mjs';

/** Chromium with a folder that keeps what it stores; `switches` are more of its own. */
export async function launchKillable(profile, switches = []) {
  const context = await launchIn(profile, { args: [...HOW.args, ...switches] });
  const devtools = await context.browser().newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  const { id } = processInfo.find(({ type }) => type === 'browser');
  const ended = new Promise((resolve) => context.on('close', resolve));
  let killed = false;
  return {
    context,
    /** With all processes that it started, which are of its group. Does nothing the second time. */
    async kill() {
      if (!killed) process.kill(-id, 'SIGKILL');
      killed = true;
      await ended;
    },
  };
}
