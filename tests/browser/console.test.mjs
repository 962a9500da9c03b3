// An organiser's morning: sign in, copy last month's event, publish it, watch twenty people book, write to them, print
// the list. Every page of the console on the way is checked, on a desk and on a phone.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startBrowser, startHub } from './hub.mjs';
import { check, refused, tab } from './page.mjs';

let hub;
let browser;

before(async () => { hub = await startHub(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await hub?.stop(); });

async function signIn(page, role) {
  await page.goto(`${hub.url}/organise`);
  await page.getByRole('button', { name: role }).click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}

async function bookTwenty(event) {
  for (let number = 1; number <= 20; number += 1) {
    const person = { name: `Person Number ${'abcdefghijklmnopqrst'[number - 1]}`, email: `p${number}@practice.example`, role: 'gp' };
    await hub.post(`/api/v1/events/${event}/registrations`, person);
  }
}

for (const [screen, scripts] of [['wide', true], ['phone', false]]) {
  const name = (page) => `console-${page}-${screen}`;

  test(`an organiser takes an event from last month's to a printed list: ${screen}, scripts ${scripts}`, async () => {
    const title = `Suturing for the ${screen}`;
    await hub.event({ title, capacity: 18, programme: 'open-doors', minimum: 4 });
    const page = await tab(browser, { screen, scripts });
    await signIn(page, 'Admin');
    await check(page, name('today'));
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await check(page, name('events'));
    await page.getByRole('link', { name: title }).click();
    await check(page, name('event'));

    await page.getByRole('link', { name: 'Copy to other dates' }).click();
    await page.getByLabel('Dates').fill('the 12th');
    await page.getByRole('button', { name: 'Make copies' }).click();
    await refused(page);
    await check(page, name('copy-error'));
    await page.getByLabel('Dates').fill('12/1/2027');
    await page.getByRole('button', { name: 'Make copies' }).click();
    await check(page, name('draft'));
    const event = page.url().match(/events\/([^?]+)/)[1];
    await page.getByRole('link', { name: 'Preview' }).click();
    await check(page, name('preview'));
    await page.getByRole('link', { name: 'Back to the event' }).click();
    await page.getByRole('button', { name: 'Publish' }).click();

    await bookTwenty(event);
    await page.goto(`${hub.url}/organise/events/${event}`);
    assert.match(await page.getByRole('main').innerText(), /18 of 18 taken/);
    await check(page, name('full'));
    await page.getByLabel('Name, email address').fill('number t');
    await page.getByRole('button', { name: 'Show' }).click();
    assert.match(await page.getByRole('main').innerText(), /Number 2 in the line/);
    await page.getByRole('link', { name: 'Person Number t' }).click();
    await check(page, name('registration'));
    await page.goBack();
    await page.getByLabel('Choose Person Number t').check();
    await page.getByRole('button', { name: 'Turn down' }).click();
    await page.getByRole('button', { name: 'Turn down' }).click();
    await refused(page);
    await check(page, name('bulk-error'));
    await page.getByLabel('Reason').fill('Only for nurses.');
    await page.getByRole('button', { name: 'Turn down' }).click();

    await page.getByRole('link', { name: 'Send a message' }).click();
    await page.getByLabel('Those who have a place').check();
    await page.getByLabel('Subject').fill('Parking');
    await page.getByLabel('Message').fill('Behind the hall.');
    await page.getByRole('button', { name: 'Preview' }).click();
    assert.match(await page.getByRole('main').innerText(), /18 people get this message/);
    await check(page, name('message'));
    await page.getByRole('button', { name: 'Send to them' }).click();
    assert.match(await page.getByRole('status').first().innerText(), /on its way/);

    await page.getByRole('link', { name: 'Change', exact: true }).click();
    await check(page, name('edit'));
    await page.getByLabel('Starts').first().fill('10:00');
    await page.getByRole('button', { name: 'Save' }).click();
    assert.match(await page.getByRole('main').innerText(), /19 people will be told by mail/);
    await check(page, name('consequences'));
    await page.getByRole('button', { name: 'Save and tell them' }).first().click();

    await page.getByRole('link', { name: 'Sign-in sheet' }).click();
    await check(page, name('sheet'));
    await page.goto(`${hub.url}/organise/events/${event}/cancel`);
    await page.getByLabel('Why it is cancelled').fill('The speaker is ill.');
    await page.getByRole('button', { name: 'Continue' }).click();
    await check(page, name('cancel'));
    await page.goto(`${hub.url}/organise/audit`);
    await check(page, name('audit'));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await check(page, name('signed-out'));
  });
}

for (const [screen, scripts] of [['wide', true], ['phone', false]]) {
  const name = (page) => `console-${page}-${screen}`;
  const code = screen === 'wide' ? 'X9901' : 'X9902';

  test(`an admin keeps the lists: ${screen}, scripts ${scripts}`, async () => {
    const practice = `Example Street Practice of the ${screen}`;
    const event = await hub.event({ title: `Knots for the ${screen}`, programme: 'open-doors', organisation_limit: 4 });
    await hub.book(event, { organisation: { name: `Example St, ${screen}` } });
    await hub.post('/_local/settle');
    const page = await tab(browser, { screen, scripts });
    await signIn(page, 'Admin');
    await check(page, name('today-tasks'));
    await page.getByRole('link', { name: 'Lists', exact: true }).click();
    await check(page, name('lists'));

    await page.getByRole('link', { name: 'Programmes', exact: true }).click();
    await check(page, name('programmes'));
    await page.getByRole('link', { name: 'Add a programme' }).click();
    await page.getByLabel('Email address of its owner').fill('nobody');
    await page.getByRole('button', { name: 'Save' }).click();
    await refused(page);
    await check(page, name('programme-error'));
    await page.getByLabel('Name', { exact: true }).fill('Living with Dementia');
    await page.getByLabel('Identifier').fill(`dementia-${screen}`);
    await page.getByLabel('Email address of its owner').fill('lead@hub.example');
    await page.getByLabel('This programme is confidential').check();
    await page.getByRole('button', { name: 'Save' }).click();
    assert.match(await page.getByRole('status').innerText(), /saved/);

    await page.goto(`${hub.url}/organise/lists/import/organisations`);
    await check(page, name('import'));
    await page.getByLabel('Or paste the table').fill('name,type\nA,clinic');
    await page.getByRole('button', { name: 'Check what would change' }).click();
    await refused(page);
    await check(page, name('import-error'));
    const table = `name,code,type,borough\n${practice},${code},practice,Newham\nLea School,100123,school,Hackney\n`;
    await page.getByLabel('File').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
    await page.getByRole('button', { name: 'Check what would change' }).click();
    assert.match(await page.getByRole('main').innerText(), /Nothing has been changed yet/);
    await check(page, name('import-check'));
    await page.getByRole('button', { name: 'Import' }).click();
    await check(page, name('organisations'));
    await page.getByLabel('Name or code').fill(code);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('link', { name: practice }).click();
    await page.getByRole('link', { name: 'Change', exact: true }).click();
    await page.getByLabel('Open from').fill('the first');
    await page.getByRole('button', { name: 'Save' }).click();
    await check(page, name('organisation-error'));
    await page.getByLabel('Open from').fill('1/4/2020');
    await page.getByRole('button', { name: 'Save' }).click();
    await check(page, name('organisation'));

    await page.goto(`${hub.url}/organise/lists/unlisted`);
    await check(page, name('unlisted'));
    await page.getByRole('link', { name: `Example St, ${screen}` }).click();
    await check(page, name('match'));
    await page.getByLabel(practice).check();
    await page.getByRole('button', { name: 'Save' }).click();
    assert.match(await page.getByRole('status').first().innerText(), /Done/);
    await page.goto(`${hub.url}/organise/lists/roles`);
    await check(page, name('roles'));
    await page.getByRole('button', { name: 'Sign out' }).click();
  });

  test(`an admin changes the settings: ${screen}, scripts ${scripts}`, async () => {
    const page = await tab(browser, { screen, scripts });
    await signIn(page, 'Admin');
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await check(page, name('hub'));
    await page.getByLabel('Colour').fill('red');
    await page.getByRole('button', { name: 'Save' }).click();
    await refused(page);
    await check(page, name('hub-error'));
    await page.getByLabel('Colour').fill('#005eb8');
    await page.getByLabel('Notice that a cancellation needs').fill('2');
    await page.getByLabel('clear working days').check();
    await page.getByRole('button', { name: 'Save' }).click();
    assert.match(await page.getByRole('status').innerText(), /saved/);
    assert.ok(await page.getByLabel('clear working days').isChecked());
  });

  test(`an organiser adds materials, and whoever holds a place finds them: ${screen}, scripts ${scripts}`, async () => {
    const event = await hub.event({ title: `Materials for the ${screen}` });
    const page = await tab(browser, { screen, scripts });
    await signIn(page, 'Admin');
    await page.goto(`${hub.url}/organise/events/${event}`);
    await page.getByRole('link', { name: 'Materials' }).click();
    await page.getByRole('button', { name: 'Add the link' }).click();
    await refused(page);
    await check(page, name('materials-error'));
    await page.getByLabel('Title', { exact: true }).fill('Slides');
    await page.getByLabel('Link', { exact: true }).fill('https://slides.example/a/long/address/that/goes/on/and/on');
    await page.getByRole('button', { name: 'Add the link' }).click();
    await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') });
    await page.getByRole('button', { name: 'Add the file' }).click();
    await check(page, name('materials'));
    await page.goto(await hub.link(await hub.book(event)));
    await check(page, name('materials-booking'));
    await page.getByRole('link', { name: 'plan.pdf (1 KB)' }).waitFor();
  });

  test(`an organiser adds a lane and a question: ${screen}, scripts ${scripts}`, async () => {
    const event = await hub.draft({ title: `Lanes for the ${screen}`, capacity: 8 });
    const page = await tab(browser, { screen, scripts });
    await signIn(page, 'Admin');
    await page.goto(`${hub.url}/organise/events/${event}/edit`);
    await page.getByRole('button', { name: 'Add a lane' }).click();
    await page.getByRole('button', { name: 'Add a question' }).click();
    await check(page, name('edit-rows'));
    await page.getByLabel('Name of the lane').fill('Nurses');
    await page.getByLabel('Places', { exact: true }).last().fill('4');
    await page.getByLabel('The question').fill('Do you bring a laptop?');
    await page.getByLabel('Answer').selectOption('yes_no');
    await page.getByRole('button', { name: 'Save' }).click();
    await refused(page);
    await check(page, name('edit-rows-error'));
    await page.getByLabel('Practice nurse').check();
    await page.getByRole('button', { name: 'Save' }).click();
    assert.match(await page.getByRole('main').innerText(), /Nurses: 4 places/);
  });
}

test('whoever comes back too late gets back what was typed', async () => {
  const page = await tab(browser, { screen: 'phone', scripts: false });
  await signIn(page, 'Admin');
  await page.goto(`${hub.url}/organise/events/new`);
  await page.getByLabel('Title').fill('Typed with care');
  await hub.post('/_local/clock/advance', { by: 'PT31M' });
  await page.getByRole('button', { name: 'Save' }).click();
  await check(page, 'console-sign-in-again');
  const other = await page.context().newPage();
  await other.goto(`${hub.url}/organise/sign-in?to=/organise/signed-out`);
  await other.getByRole('button', { name: 'Admin' }).click();
  await page.getByRole('button', { name: 'Send what I typed' }).click();
  assert.equal(await page.getByLabel('Title').inputValue(), 'Typed with care');
});

test('a file that comes too late is to be chosen again, and all that was typed beside it is there', async () => {
  const page = await tab(browser, { screen: 'phone', scripts: false });
  await signIn(page, 'Admin');
  await page.goto(`${hub.url}/organise/lists/import/organisations`);
  const file = { name: 'practices.csv', mimeType: 'text/csv', buffer: Buffer.from('name,code\nTyped Street Practice,X99077\n') };
  await page.getByLabel('File', { exact: true }).setInputFiles(file);
  await page.getByLabel('Or paste the table').fill('name\nPasted');
  await hub.post('/_local/clock/advance', { by: 'PT31M' });
  await page.getByRole('button', { name: 'Check' }).click();
  assert.match(await page.getByRole('main').innerText(), /You had chosen “practices.csv”/);
  await check(page, 'console-sign-in-again-file');
  const other = await page.context().newPage();
  await other.goto(`${hub.url}/organise/sign-in?to=/organise/signed-out`);
  await other.getByRole('button', { name: 'Admin' }).click();
  await page.getByLabel('Choose the file again').setInputFiles(file);
  await page.getByRole('button', { name: 'Send what I typed' }).click();
  assert.match(await page.getByRole('main').innerText(), /Typed Street Practice/);
});

test('a meeting’s report is imported, and who was not recognised is settled', async () => {
  const sessions = [{ starts: '2026-12-01T09:30:00Z', ends: '2026-12-01T12:30:00Z' }];
  const events = {};
  for (const screen of ['wide', 'phone']) {
    events[screen] = await hub.event({ title: `Reported for the ${screen}`, sessions });
    await hub.book(events[screen]);
  }
  const headers = { 'content-type': 'application/json' };
  await fetch(`${hub.url}/_local/clock`, { method: 'PUT', headers, body: '{"now":"2026-12-01T15:00:00Z"}' });
  for (const [screen, scripts] of [['wide', true], ['phone', false]]) {
    const name = (page) => `console-${page}-${screen}`;
    const page = await tab(browser, { screen, scripts });
    await signIn(page, 'Desk');
    await check(page, name('today-attendance'));
    await page.goto(`${hub.url}/organise/events/${events[screen]}`);
    await page.getByRole('link', { name: 'Import attendance' }).click();
    await page.getByRole('button', { name: 'Import' }).click();
    await refused(page);
    await check(page, name('attendance-import-error'));
    const report = path.resolve(import.meta.dirname, '../../shared/meeting/tests/fixtures/teams.csv');
    await page.getByLabel('Attendance report').setInputFiles(report);
    await page.getByRole('button', { name: 'Import' }).click();
    await check(page, name('attendance-import-waiting'));
    await page.getByLabel('Who it is').first().selectOption({ index: 1 });
    await page.getByRole('button', { name: 'It is this person' }).first().click();
    assert.match(await page.getByRole('status').innerText(), /Done/);
  }
});
