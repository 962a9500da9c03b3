// What a first visit costs: at most four requests and 35 KB, compressed, for any page that people come to first.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startHub } from './hub.mjs';

const BYTES_MAX = 35 * 1024;
const REQUESTS_MAX = 4;

let hub;
let browser;

before(async () => { hub = await startHub(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await hub?.stop(); });

test('a first page is light', async () => {
  const titles = Array.from({ length: 20 }, (_, index) => `Suturing, part ${index + 1}`);
  const events = [];
  for (const title of titles) events.push(await hub.event({ title, capacity: 10, summary: 'Knots, needles and wounds.' }));
  for (const path of ['/events', `/events/${events[0]}`, `/events/${events[0]}/register`]) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const answers = [];
    page.on('requestfinished', (request) => answers.push(request.sizes()));
    await page.goto(hub.url + path, { waitUntil: 'networkidle' });
    const sizes = await Promise.all(answers);
    const bytes = sizes.reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
    assert.ok(sizes.length <= REQUESTS_MAX, `${path}: ${sizes.length} requests`);
    assert.ok(bytes <= BYTES_MAX, `${path}: ${bytes} bytes`);
    assert.deepEqual(await context.cookies(), [], path);
    await context.close();
  }
});
