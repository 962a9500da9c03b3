// Mail that does not arrive: the task of today, the registration that says so, and the page that corrects the address.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startHub } from './hub.mjs';
import { check, refused, tab } from './page.mjs';

let hub;
let browser;

before(async () => { hub = await startHub(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await hub?.stop(); });

for (const [screen, scripts] of [['wide', true], ['phone', false]]) {
  test(`an organiser sees to an address that gets no mail: ${screen}, scripts ${scripts}`, async () => {
    const title = `Suturing for the ${screen}`;
    const event = await hub.event({ title });
    await hub.book(event, { name: 'Ann Ash', email: `bounce+${screen}@simulator.amazonses.com` });
    await hub.post('/_local/settle');
    const page = await tab(browser, { screen, scripts });
    await page.goto(`${hub.url}/organise`);
    await page.getByRole('button', { name: 'Admin' }).click();
    assert.match(await page.getByRole('main').innerText(), /Mail that does not arrive/);
    await check(page, `bounce-today-${screen}`);

    await page.getByRole('link', { name: 'Mail came back' }).click();
    assert.match(await page.getByRole('main').innerText(), new RegExp(`Ann Ash\\s+${title}`));
    await check(page, `bounce-task-${screen}`);
    const task = page.url();
    await page.getByRole('main').getByRole('link', { name: 'Ann Ash' }).click();
    assert.match(await page.getByRole('main').innerText(), /bounced/);
    await check(page, `bounce-registration-${screen}`);

    await page.goto(task);
    await page.getByRole('button', { name: 'Correct the address' }).click();
    await refused(page);
    await check(page, `bounce-error-${screen}`);
    const correct = `ann.${screen}@practice.example`;
    await page.getByLabel('Correct email address').fill(correct);
    await page.getByRole('main').getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Correct the address' }).click();
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    assert.doesNotMatch(await page.getByRole('main').innerText(), /Mail that does not arrive/);
    await check(page, `bounce-done-${screen}`);
    assert.match(await hub.link(correct), /\/bookings\//, 'the mail arrives at the other address');
  });
}
