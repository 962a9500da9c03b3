// What every page is held to, whatever it shows: axe finds nothing, nothing is wider than the screen, the browser has
// nothing to complain of. Each page that is checked leaves a picture in `screenshots/`.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = path.join(import.meta.dirname, 'screenshots');
await mkdir(folder, { recursive: true });

/** WCAG 2.2 AA, and what is good practice besides. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The two screens that pages are made for. */
export const SCREENS = { wide: { width: 1280, height: 800 }, phone: { width: 320, height: 640 } };

/** A browser's tab that remembers what the browser complained of. */
export async function tab(browser, { screen = 'wide', scripts = true } = {}) {
  // Axe has to be able to read the page; the policy itself is tested where answers are read.
  const context = await browser.newContext({ viewport: SCREENS[screen], javaScriptEnabled: scripts, bypassCSP: true });
  const page = await context.newPage();
  page.scripts = scripts;
  page.complaints = [];
  page.on('console', (message) => {
    // A page that says no, says so with its status; Chromium writes that down as an error of the network.
    const isStatus = message.text().startsWith('Failed to load resource') && message.location().url === page.url();
    if (['error', 'warning'].includes(message.type()) && !isStatus) page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(error.message));
  return page;
}

/** The page that is shown says what is wrong: first in its title, and whoever reads it by ear or keyboard is there. */
export async function refused(page) {
  await page.locator('.nhsuk-error-summary:focus').waitFor();
  assert.match(await page.title(), /^Error: /);
}

/** Holds the page that is shown to all of it. */
export async function check(page, name) {
  await page.waitForLoadState();
  const { width } = page.viewportSize();
  await page.screenshot({ path: path.join(folder, `${name}-${width}.png`), fullPage: true });
  assert.deepEqual(await violations(page), [], `${name} at ${page.url()}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - globalThis.innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} pixels too wide`);
  // Without one, a form goes to the page's own address, and takes along the field that an error's link led to: the answer
  // is then shown from there, and not from what is wrong now.
  assert.equal(await page.locator('form[method=post]:not([action])').count(), 0, `${name}: a form says where it goes`);
  assert.deepEqual(page.complaints, [], name);
}

/** Where scripts may not run, axe may not either: then it reads a copy of the page where they may. */
async function violations(page) {
  if (page.scripts) return read(page);
  const context = await page.context().browser().newContext({ viewport: page.viewportSize(), bypassCSP: true });
  const copy = await context.newPage();
  const answer = async (route) => route.fulfill({ contentType: 'text/html', body: await page.content() });
  await copy.route(page.url(), answer);
  await copy.goto(page.url());
  const found = await read(copy);
  await context.close();
  return found;
}

async function read(page) {
  await page.evaluate(axe);
  const run = (values) => globalThis.axe.run({ resultTypes: ['violations'], runOnly: { type: 'tag', values } });
  const found = await page.evaluate(run, RULES);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(', ')}`);
}
