// A hub of one's own, and a browser without JavaScript: what people on any device can rely on.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const program = process.env.LECTERN ?? path.resolve(import.meta.dirname, '../../target/debug/lectern');
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/** Starts an empty hub whose clock stands on Monday 2 November 2026, 09:00. */
export async function startHub() {
  const folder = await mkdtemp(path.join(tmpdir(), 'lectern-'));
  const options = ['serve', '--port', '0', '--empty', '--clock', '2026-11-02T09:00:00Z', '--data', folder];
  const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((found, failed) => {
    child.once('error', failed);
    child.once('exit', (code) => failed(new Error(`the hub ended with ${code}`)));
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('listening on ')) found(line.slice('listening on '.length));
    });
  });
  const post = async (route, body, token) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const reply = await fetch(url + route, { method: 'POST', headers, body: JSON.stringify(body) });
    return reply.json();
  };
  const { token } = await post('/_local/token', { role: 'admin', subject: 'dev@hub.example' });
  return {
    url,
    /** A published event. */
    async event(settings) {
      const sessions = [{ starts: '2026-12-01T09:30:00Z', ends: '2026-12-01T16:30:00Z' }];
      const event = { title: 'Suturing for beginners', programme: 'clinical-updates', sessions, ...settings };
      const { id } = await post('/api/v1/events', event, token);
      await post(`/api/v1/events/${id}/publish`, {}, token);
      return id;
    },
    /** The first link of the last mail to an address. */
    async link(address) {
      await post('/_local/settle', {});
      const reply = await fetch(`${url}/_local/inbox?to=${encodeURIComponent(address)}`);
      const { messages } = await reply.json();
      return messages.at(-1).text.split('\n').find((line) => line.startsWith('http'));
    },
    async stop() {
      child.removeAllListeners('exit');
      child.kill('SIGTERM');
      await new Promise((ended) => child.once('exit', ended));
      await rm(folder, { recursive: true });
    },
  };
}

/** Debian's Chromium. */
export function startBrowser() {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
}
