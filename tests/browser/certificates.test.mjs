// After an event: an organiser sees who has a certificate, corrects a name, takes one back, and reads what people
// thought; somebody answers from their phone and finds what they have.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startHub } from './hub.mjs';
import { check, refused, tab } from './page.mjs';

let hub;
let browser;
let event;
let links;

async function setClock(now) {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${hub.url}/_local/clock`, { method: 'PUT', headers, body: JSON.stringify({ now }) });
}

before(async () => {
  hub = await startHub();
  browser = await startBrowser();
  event = await hub.event({ title: 'Opening conversations', certificate: { minimum_minutes: 330 } });
  links = [];
  for (let person = 0; person < 6; person += 1) links.push(await hub.link(await hub.book(event)));
  const headers = { authorization: `Bearer ${hub.token}` };
  const roster = await (await fetch(`${hub.url}/api/v1/events/${event}/registrations`, { headers })).json();
  await setClock('2026-12-01T17:00:00Z');
  const minutes = [400, 400, 400, 400, 400, 20];
  const records = roster.registrations.map(({ reference }, row) => ({ reference, minutes: minutes[row] }));
  await hub.post(`/api/v1/events/${event}/attendance`, { records });
  await hub.advance('PT16M');
});
after(async () => { await browser?.close(); await hub?.stop(); });

test('five people say what they thought of it, and find their certificates', async () => {
  const page = await tab(browser, { screen: 'phone', scripts: false });
  for (const [person, link] of links.slice(0, 5).entries()) {
    await page.goto(`${link}/evaluation`);
    if (person === 0) await check(page, 'evaluation-form');
    await page.getByRole('button', { name: 'Send my answers' }).click();
    if (person === 0) await check(page, 'evaluation-form-error');
    for (const group of await page.getByRole('group').all()) await group.getByRole('radio').nth(4).check();
    await page.getByLabel('What could we do better?').fill('More time for questions.');
    await page.getByRole('button', { name: 'Send my answers' }).click();
    if (person === 0) await check(page, 'evaluation-thanks');
  }
  await page.goto(`${links[0]}/certificates`);
  await check(page, 'certificates-mine');
  await page.getByRole('listitem').getByRole('link').first().click();
  await check(page, 'certificate-check');
});

for (const [screen, scripts] of [['wide', true], ['phone', false]]) {
  test(`an organiser looks after certificates: ${screen}, scripts ${scripts}`, async () => {
    const page = await tab(browser, { screen, scripts });
    await page.goto(`${hub.url}/organise/events/${event}`);
    await page.getByRole('button', { name: 'Admin' }).click();
    await page.getByRole('link', { name: 'Certificates' }).click();
    assert.match(await page.getByRole('main').innerText(), /among 6 people/);
    await check(page, `certificates-list-${screen}`);
    await page.getByLabel('Who is shown').selectOption('Those who have none');
    await page.getByRole('button', { name: 'Show' }).click();
    assert.match(await page.getByRole('main').innerText(), /Attended 20 minutes; 330 are needed/);
    await page.goBack();
    await page.getByRole('row', { name: /Issued/ }).getByRole('link').first().click();
    await check(page, `certificate-person-${screen}`);
    await page.getByLabel('Full name as it is to be printed').fill(`Corrected For ${screen}`);
    await page.getByRole('button', { name: 'Issue a new one' }).click();
    await page.getByRole('heading', { level: 1, name: `Corrected For ${screen}` }).waitFor();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await refused(page);
    await check(page, `certificate-person-error-${screen}`);
    await page.getByLabel('Reason').fill('Given by mistake.');
    await page.getByRole('button', { name: 'Take it back' }).click();
    assert.match(await page.getByRole('main').innerText(), /Taken back/);
    await page.goto(`${hub.url}/organise/events/${event}/evaluation`);
    assert.match(await page.getByRole('main').innerText(), /More time for questions/);
    await check(page, `evaluation-figures-${screen}`);
  });
}
