// A vault that is served elsewhere: the daemon of the safe tool, and peers that are none.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export const tool = path.resolve(process.env.SAFE_TOOL);
const run = promisify(execFile);

/** What the tool says to a command; `input` are bytes for it. */
export async function safe(args, input) {
  const running = run(tool, args, { encoding: 'buffer', maxBuffer: 64 << 20 });
  running.child.stdin.end(input);
  return (await running).stdout;
}

export async function temporaryFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'safe-net-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Files of a certificate for this machine, signed by itself, and of its key. */
export async function certificate(folder) {
  const files = { cert: path.join(folder, 'own.crt'), key: path.join(folder, 'own.key') };
  await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
    '/CN=own', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-out', files.cert, '-keyout', files.key]);
  return files;
}

export class Daemon {
  /** store: a URL. listen: where; the ports are kept when it is started again. */
  static async start(store, listen = ['tcp://127.0.0.1:0', 'ws://127.0.0.1:0/'], more = []) {
    const daemon = new Daemon();
    daemon.args = ['vault', 'serve', '--store', store, ...more];
    daemon.listen = listen;
    await daemon.begin();
    return daemon;
  }

  /** The URL of a scheme. */
  url(scheme) {
    return this.urls.find((url) => url.startsWith(`${scheme}:`));
  }

  async begin() {
    const listen = this.listen.flatMap((url) => ['--listen', url]);
    this.process = spawn(tool, [...this.args, ...listen], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.process.on('exit', resolve));
    let said = '';
    this.process.stderr.on('data', (text) => (said += text));
    let text = '';
    for await (const piece of this.process.stdout) {
      text += piece;
      if (text.split('\n').length > this.listen.length) break;
    }
    this.urls = text.trim().split('\n');
    if (this.urls.length < this.listen.length) throw new Error(`the daemon does not start: ${said}`);
    this.listen = this.urls.map((url) => url.replace(/#.*/, ''));
  }

  async kill() {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  async stop() {
    this.process.kill('SIGTERM');
    await this.ended;
  }
}

/** Somebody who is no vault: `meet` gets each socket. */
export async function peer(meet) {
  const sockets = new Set();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    meet(socket);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    sockets,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Somebody in between, who passes on what each side says unless `held` says that it is to wait. */
export async function between(port) {
  const one = { held: false, carried: 0 };
  const passing = await peer((socket) => {
    const there = net.connect(port, '127.0.0.1');
    there.on('error', () => socket.destroy());
    there.on('close', () => socket.destroy());
    socket.on('close', () => there.destroy());
    there.pipe(socket);
    socket.on('data', (bytes) => {
      one.carried += bytes.length;
      there.write(bytes);
      if (one.held) socket.pause();
    });
    one.release = () => {
      one.held = false;
      socket.resume();
    };
    one.cut = () => {
      for (const each of passing.sockets) each.resetAndDestroy();
    };
  });
  return Object.assign(one, { port: passing.port, close: passing.close });
}
