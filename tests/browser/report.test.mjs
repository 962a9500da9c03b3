// What a funder's visit needs: the reports of the hub, a month's, a year's, as each audience reads it; on a desk and on a
// phone, with definitions that open without scripts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startHub } from './hub.mjs';
import { check, refused, tab } from './page.mjs';

let hub;
let browser;

const ORGANISATIONS = ['Ash Street Practice', 'Birch Lane Surgery', 'Cedar School'];
const ROLES = ['gp', 'practice-nurse', 'school-staff'];

/** A month in which people came to three events, or did not; the third nobody has recorded. */
async function month() {
  const programmes = ['open-doors', 'mhfa-schools', 'staff-wellbeing'];
  const events = [];
  for (const [number, programme] of programmes.entries()) {
    const sessions = [{ starts: `2026-11-1${number}T09:30:00Z`, ends: `2026-11-1${number}T11:30:00Z` }];
    const title = ['Suturing', 'First aid for minds', 'A quiet hour'][number];
    events.push(await hub.event({ title, programme, sessions, capacity: 20, cpd_minutes: 120 }));
  }
  for (const event of events) {
    for (let person = 0; person < 12; person += 1) {
      const name = `Person ${'ABCDEFGHIJKL'[person]}bel`;
      await hub.post(`/api/v1/events/${event}/registrations`, {
        name, email: `person${person}@practice.example`, role: ROLES[person % 3],
        organisation: { ods_code: null, name: ORGANISATIONS[person % 3] },
      });
    }
  }
  await hub.advance('P20D');
  const headers = { authorization: `Bearer ${hub.token}` };
  for (const event of events.slice(0, 2)) {
    const route = `/api/v1/events/${event}`;
    const { registrations } = await (await fetch(`${hub.url}${route}/registrations`, { headers })).json();
    const minutes = (number) => (number < 9 ? 120 : 0);
    const records = registrations.map(({ reference }, number) => ({ reference, minutes: minutes(number) }));
    await hub.post(`${route}/attendance`, { records });
  }
  await hub.advance('P10D');
}

before(async () => {
  hub = await startHub();
  browser = await startBrowser();
  await month();
});
after(async () => { await browser?.close(); await hub?.stop(); });

for (const [screen, scripts] of [['wide', true], ['phone', false]]) {
  test(`reports are found, read and understood: ${screen}, scripts ${scripts}`, async () => {
    const page = await tab(browser, { screen, scripts });
    await page.goto(`${hub.url}/organise/reports`);
    await page.getByRole('button', { name: 'Admin' }).click();
    await page.getByRole('heading', { level: 1, name: 'Reports' }).waitFor();
    const missing = page.getByRole('listitem').filter({ hasText: 'A quiet hour' });
    assert.match(await missing.innerText(), /12 people/);
    await check(page, `report-index-${screen}`);

    await page.getByLabel('Month, quarter').fill('last month');
    await page.getByRole('button', { name: 'Show the report' }).click();
    await refused(page);
    await check(page, `report-error-${screen}`);
    await page.getByRole('link', { name: 'November 2026', exact: true }).click();

    const main = page.getByRole('main');
    assert.match(await main.innerText(), /1 of 3 events lacks attendance/);
    assert.equal(await page.getByRole('img').first().getAttribute('aria-label'),
      '9 attended, 0 attended in part, 3 did not attend, 0 not recorded');
    await check(page, `report-month-${screen}`);
    const definition = page.getByText('People with a place whose minutes reach');
    assert.equal(await definition.isVisible(), false);
    await page.getByRole('table', { name: 'Totals' }).getByText('Attended', { exact: true }).click();
    assert.equal(await definition.isVisible(), true);

    for (const [audience, words] of [['funder', 'Reached'], ['public', '1 to 7 are withheld']]) {
      await page.goto(`${hub.url}/organise/reports/2026-11?audience=${audience}`);
      assert.ok((await main.innerText()).includes(words), words);
      await check(page, `report-${audience}-${screen}`);
    }
    await page.goto(`${hub.url}/organise/reports/2026-27`);
    await check(page, `report-year-${screen}`);
    await page.goto(`${hub.url}/organise/reports/2026-10`);
    assert.match(await main.innerText(), /No events were held in this time/);
    await check(page, `report-nothing-${screen}`);
  });
}
