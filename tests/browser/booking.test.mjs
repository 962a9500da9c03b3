// A person finds an event, books, sees the booking and cancels, on a phone's screen and without JavaScript; every page
// on the way is free of accessibility violations and fits 320 pixels.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { startBrowser, startHub } from './hub.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let hub;
let browser;

before(async () => { [hub, browser] = await Promise.all([startHub(), startBrowser()]); });
after(async () => { await browser?.close(); await hub?.stop(); });

/** What axe finds in a page, read in a context of its own where scripts may run. */
async function violations(html) {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(html.url);
  await page.setContent(html.content);
  await page.addStyleTag({ content: html.css });
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  await context.close();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(', ')}`);
}

async function check(page) {
  const css = await (await fetch(hub.url + (await page.getAttribute("link[rel=stylesheet]", "href")))).text();
  const found = await violations({ url: `${hub.url}/health`, content: await page.content(), css });
  assert.deepEqual(found, [], page.url());
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - globalThis.innerWidth);
  assert.ok(overflow <= 0, `${page.url()} is ${overflow} pixels too wide`);
}

async function phone() {
  // `evaluate` works although the page's own scripts may not run.
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
  return context.newPage();
}

test('a person books and cancels on a phone', async () => {
  const questions = [
    { id: 'level', label: 'How much have you done?', type: 'choice', options: ['None', 'Some'], required: true },
    { id: 'topics', label: 'What interests you?', type: 'choices', options: ['Knots', 'Needles'] },
  ];
  await hub.event({ capacity: 2, questions });
  const page = await phone();
  await page.goto(`${hub.url}/events`);
  await check(page);
  await page.getByRole('link', { name: 'Suturing for beginners' }).click();
  await check(page);
  await page.getByRole('link', { name: /book/i }).first().click();
  await check(page);

  await page.getByLabel('Full name').fill('Zoë "Z" O\'Brien');
  await page.getByRole('button', { name: 'Book my place' }).click();
  assert.match(await page.title(), /^Error: /);
  assert.equal(await page.getByLabel('Full name').inputValue(), 'Zoë "Z" O\'Brien');
  await check(page);
  await page.getByRole('link', { name: 'Enter an email address' }).click();
  assert.match(page.url(), /#email$/);

  await page.getByLabel('Email address').fill('zoe@practice.example');
  await page.getByLabel('Your role').selectOption('GP');
  await page.getByLabel('Some').check();
  await page.getByLabel('Knots').check();
  await page.getByLabel('Needles').check();
  await page.getByRole('button', { name: 'Book my place' }).click();
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'You have a place');
  await check(page);

  await page.goto(await hub.link('zoe@practice.example'));
  assert.ok(await page.getByText('You have a place.').isVisible());
  await check(page);
  await page.getByRole('button', { name: 'Cancel my booking' }).click();
  assert.ok(await page.getByText('This booking is cancelled.').isVisible());
  await check(page);
});

test('the pages that every hub needs are in order', async () => {
  const page = await phone();
  for (const path of ['/', '/accessibility', '/privacy', '/cookies', '/contact', '/bookings/resend', '/nothing']) {
    await page.goto(hub.url + path);
    await check(page);
  }
});

test('the keyboard reaches the content first and everything after', async () => {
  const page = await phone();
  await page.goto(`${hub.url}/events`);
  await page.keyboard.press('Tab');
  const focused = await page.evaluate(() => document.activeElement.textContent);
  assert.equal(focused, 'Skip to main content');
});
