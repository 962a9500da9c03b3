// At the door, as a desk volunteer does it on a phone: thirty people checked in from the list and the poster, without
// JavaScript, with the network gone for a moment and forms sent twice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startHub } from './hub.mjs';
import { check, tab } from './page.mjs';

let hub;
let browser;
let event;
let desk;

const names = Array.from({ length: 30 }, (_, number) => `Person ${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26]}${number < 26 ? 'ash' : 'elm'}`);
const address = (name) => `${name.toLowerCase().replace(' ', '.')}@practice.example`;

async function post(route, body, method = 'POST') {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(hub.url + route, { method, headers, body: JSON.stringify(body) });
  return reply.json();
}

before(async () => {
  hub = await startHub();
  browser = await startBrowser();
  event = await hub.event({ format: 'in-person', venue: 'The hall' });
  for (const name of names) await post(`/api/v1/events/${event}/registrations`, { name, email: address(name), role: 'gp' });
  desk = (await post('/_local/token', { role: 'desk', subject: 'desk@hub.example' })).token;
  await post('/_local/clock', { now: '2026-12-01T09:15:00Z' }, 'PUT');
});
after(async () => { await browser?.close(); await hub?.stop(); });

/** A phone's page, signed in or a stranger's. */
async function phone(token) {
  const page = await tab(browser, { screen: 'phone', scripts: false });
  if (token) await page.setExtraHTTPHeaders({ authorization: `Bearer ${token}` });
  return page;
}

const list = () => `${hub.url}/organise/events/${event}/attendance`;

test('thirty people are checked in from the list and the poster', async () => {
  let volunteer = await phone(desk);
  await volunteer.goto(list());
  await check(volunteer, 'attend-list');
  for (const name of names.slice(0, 12)) await volunteer.getByLabel(name, { exact: true }).check();

  // The network is gone as the form is sent: nothing is lost by doing it again.
  await volunteer.context().setOffline(true);
  const failed = volunteer.waitForEvent('requestfailed');
  await volunteer.getByRole('button', { name: 'Save' }).click({ noWaitAfter: true }).catch(() => {});
  await failed;
  await volunteer.context().close();
  volunteer = await phone(desk);
  await volunteer.goto(list());
  for (const name of names.slice(0, 12)) await volunteer.getByLabel(name, { exact: true }).check();
  await volunteer.getByRole('button', { name: 'Save' }).click();
  await volunteer.getByText('12 of 30').waitFor();

  // A second phone whose page is older ticks others, and undoes nothing.
  const second = await phone(desk);
  await second.goto(list());
  for (const name of names.slice(12, 20)) await second.getByLabel(name, { exact: true }).check();
  await second.getByRole('button', { name: 'Save' }).click();
  await second.getByText('20 of 30').waitFor();
  await second.reload();
  await second.getByText('20 of 30').waitFor();

  const poster = await volunteer.getByRole('link', { name: 'The page for this session' }).getAttribute('href');
  for (const name of names.slice(20)) {
    const person = await phone();
    await person.goto(hub.url + poster);
    if (name === names[20]) await check(person, 'attend-poster');
    await person.getByLabel(/Full name/).fill(name);
    await person.getByLabel(/Email address/).fill(address(name));
    await person.getByRole('button', { name: 'Sign in' }).click();
    await person.getByText('We have noted that you are here').waitFor();
    assert.ok(!(await person.content()).includes(names[0]));
    await person.context().close();
  }
  await volunteer.goto(list());
  await volunteer.getByText('30 of 30').waitFor();
});

test('the code on a booking opens the check-in for the desk and nothing for a stranger', async () => {
  const link = await hub.link(address(names[0]));
  const guest = await phone();
  await guest.goto(link);
  const code = await guest.getByAltText('Code to show at the door');
  assert.ok(await code.isVisible());
  const reference = (await guest.content()).match(/\b[2-9A-HJ-NP-Z]{8}\b/)[0];
  await guest.goto(`${hub.url}/organise/check-in/${event}/${reference}`);
  assert.ok(!(await guest.content()).includes(names[0]));
  const volunteer = await phone(desk);
  await volunteer.goto(`${hub.url}/organise/check-in/${event}/${reference}`);
  await volunteer.getByRole('heading', { name: names[0] }).waitFor();
  await volunteer.getByText('Checked in.').waitFor();
  await check(volunteer, 'attend-checked-in');
});

test('whoever shows the code is checked in with one press, without scrolling, and the desk goes on from there', async () => {
  const late = 'Late Larch';
  const { reference } = await post(`/api/v1/events/${event}/registrations`, { name: late, email: address(late), role: 'gp' });
  const volunteer = await phone(desk);
  await volunteer.goto(`${hub.url}/organise/check-in/${event}/${reference}`);
  await check(volunteer, 'attend-check-in');
  const button = await volunteer.getByRole('button', { name: 'Check in' }).boundingBox();
  assert.ok(button.y + button.height <= 640, `the button ends ${button.y + button.height} pixels down a phone`);
  await volunteer.getByRole('button', { name: 'Check in' }).click();
  await volunteer.getByText('Checked in.').waitFor();
  assert.equal(await volunteer.getByRole('button', { name: 'Sign out' }).count(), 1);
  await volunteer.getByRole('link', { name: 'Everybody on the list' }).click();
  await volunteer.getByText('31 of 31').waitFor();
});
