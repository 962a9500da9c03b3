// People as organisers look after them: what somebody needs, who somebody is, and what their staying away comes to.
import { after, before, test } from 'node:test';
import { startBrowser, startHub } from './hub.mjs';
import { check, refused, tab } from './page.mjs';

let hub;
let browser;
let event;

before(async () => {
  hub = await startHub();
  browser = await startBrowser();
  event = await hub.event({ title: 'Opening conversations' });
  for (const [name, email] of [['Ann Ash', 'ann@practice.example'], ['Anne Ash', 'anne@practice.example']]) {
    const form = { name, email, role: 'gp', access_needs: 'A step-free way in', organisation: { name: 'Ash Street' } };
    await hub.post(`/api/v1/events/${event}/registrations`, form);
  }
});
after(async () => { await browser?.close(); await hub?.stop(); });

for (const [screen, scripts] of [['wide', true], ['phone', false]]) {
  test(`an organiser looks after people: ${screen}, scripts ${scripts}`, async () => {
    const page = await tab(browser, { screen, scripts });
    await page.goto(`${hub.url}/organise/events/${event}/access`);
    await page.getByRole('button', { name: 'Admin' }).click();
    await check(page, `people-needs-${screen}`);
    await page.getByRole('main').getByRole('link', { name: 'Ann Ash' }).first().click();
    await check(page, `people-need-${screen}`);
    await page.goto(`${hub.url}/organise/people`);
    await check(page, `people-find-${screen}`);
    await page.getByRole('button', { name: 'Find' }).click();
    await refused(page);
    await check(page, `people-find-error-${screen}`);
    await page.getByLabel('Email address').fill('ann@practice.example');
    await page.getByRole('button', { name: 'Find' }).click();
    await check(page, `people-found-${screen}`);
    await page.getByRole('main').getByRole('link', { name: 'Ann Ash' }).first().click();
    await check(page, `people-person-${screen}`);
    await page.goto(`${hub.url}/organise/charges/2026-27-Q3`);
    await check(page, `people-charges-${screen}`);
  });
}
