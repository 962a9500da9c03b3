// A hub of one's own, and Debian's Chromium.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const program = process.env.LECTERN ?? path.resolve(import.meta.dirname, '../../target/debug/lectern');
export const CHROMIUM = '/usr/bin/chromium';
export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

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
  const hub = new Hub(url, child, folder);
  ({ token: hub.token } = await hub.post('/_local/token', { role: 'admin', subject: 'dev@hub.example' }));
  return hub;
}

class Hub {
  #child;
  #folder;
  #people = 0;

  constructor(url, child, folder) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  /** Posts JSON, as an organiser. */
  async post(route, body = {}) {
    const authorization = this.token && `Bearer ${this.token}`;
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
    const reply = await fetch(this.url + route, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer = await reply.json();
    if (!reply.ok) throw new Error(`${route}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** A draft's id. */
  async draft(settings) {
    const sessions = [{ starts: '2026-12-01T09:30:00Z', ends: '2026-12-01T16:30:00Z' }];
    const event = { title: 'Suturing for beginners', programme: 'clinical-updates', sessions, ...settings };
    return (await this.post('/api/v1/events', event)).id;
  }

  /** A published event's id. */
  async event(settings) {
    const id = await this.draft(settings);
    await this.post(`/api/v1/events/${id}/publish`);
    return id;
  }

  /** Books a person nobody has met, who fills in `more`; their address. */
  async book(event, more = {}) {
    this.#people += 1;
    const email = `person${this.#people}@practice.example`;
    const form = { name: `Person ${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[this.#people % 26]}bel`, email, role: 'gp', ...more };
    const headers = { 'content-type': 'application/json' };
    const route = `${this.url}/api/v1/events/${event}/registrations`;
    const reply = await fetch(route, { method: 'POST', headers, body: JSON.stringify(form) });
    if (!reply.ok) throw new Error(await reply.text());
    return email;
  }

  /** The first link of the last mail to an address. */
  async link(address) {
    await this.post('/_local/settle');
    const reply = await fetch(`${this.url}/_local/inbox?to=${encodeURIComponent(address)}`);
    const { messages } = await reply.json();
    return messages.at(-1).text.split('\n').find((line) => line.startsWith('http'));
  }

  /** Gives up a booking by its link. */
  async cancel(link) {
    const reply = await fetch(`${link}/cancel`, { method: 'POST', redirect: 'manual' });
    if (reply.status !== 303) throw new Error(`cancel: ${reply.status}`);
    await this.post('/_local/settle');
  }

  async advance(by) {
    await this.post('/_local/clock/advance', { by });
  }

  async stop() {
    this.#child.removeAllListeners('exit');
    this.#child.kill('SIGTERM');
    await new Promise((ended) => this.#child.once('exit', ended));
    await rm(this.#folder, { recursive: true });
  }
}

/** Debian's Chromium. */
export function startBrowser() {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}
