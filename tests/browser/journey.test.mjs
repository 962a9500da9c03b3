// The whole loop as a person: find an event, book, wait, be offered a place, accept it, cancel; with JavaScript off and
// on, on a phone and on a desk. Every page on the way is checked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startHub } from './hub.mjs';
import { check, refused, tab } from './page.mjs';

let hub;
let browser;

before(async () => { hub = await startHub(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await hub?.stop(); });

const questions = [
  { id: 'level', label: 'How much have you done?', type: 'choice', options: ['Nothing so far', 'Some'], required: true },
  { id: 'topics', label: 'What interests you?', type: 'choices', options: ['Knots', 'Needles'] },
  { id: 'own', label: 'Do you bring your own instruments?', type: 'yes_no', required: true },
];

const heading = (page) => page.getByRole('heading', { level: 1 }).innerText();

for (const [screen, scripts] of [['phone', false], ['wide', true]]) {
  const name = (page) => `journey-${page}-${scripts ? 'scripts' : 'plain'}`;

  test(`a person books, waits, is offered a place, accepts and cancels: ${screen}, scripts ${scripts}`, async () => {
    const title = `Suturing, ${screen}`;
    const email = `zoe.${screen}@practice.example`;
    const event = await hub.event({ title, capacity: 1, questions, summary: 'Knots and needles.' });
    const holder = await hub.post(`/api/v1/events/${event}/registrations`, {
      name: 'Ann Ash', email: `ann.${screen}@practice.example`, role: 'gp',
      answers: { level: 'Some', own: true }, reason: 'Booked by telephone',
    });
    assert.equal(holder.status, 'confirmed');
    const page = await tab(browser, { screen, scripts });
    await page.goto(`${hub.url}/events`);
    await check(page, name('list'));
    await page.getByRole('link', { name: title }).click();
    await check(page, name('event'));
    await page.getByRole('link', { name: 'Join the waiting list' }).click();
    await check(page, name('form'));

    await page.getByLabel('Full name').fill('Zoë "Z" O\'Brien');
    await page.getByRole('button', { name: 'Join the waiting list' }).click();
    await refused(page);
    assert.equal(await page.getByLabel('Full name').inputValue(), 'Zoë "Z" O\'Brien');
    const summary = page.getByRole('alert');
    assert.match(await summary.innerText(), /There is a problem/);
    assert.equal(await summary.getByRole('link').count(), 4);
    await check(page, name('errors'));
    await summary.getByRole('link', { name: 'Enter an email address' }).click();
    assert.match(page.url(), /#email$/);

    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Your role').selectOption('gp');
    await page.getByLabel('Some', { exact: true }).check();
    await page.getByLabel('Knots').check();
    await page.getByLabel('Yes').check();
    await page.getByRole('button', { name: 'Join the waiting list' }).click();
    assert.equal(await heading(page), 'You are number 1 on the waiting list');
    await check(page, name('booked'));
    await page.goto(await hub.link(email));
    await check(page, name('waiting'));

    await hub.cancel(await hub.link(`ann.${screen}@practice.example`));
    await page.goto(await hub.link(email));
    assert.match(await heading(page), /A place is being held for you/);
    await check(page, name('offered'));
    await page.getByRole('button', { name: 'Accept the place' }).click();
    assert.match(await heading(page), /You have a place/);
    await check(page, name('confirmed'));

    await page.getByRole('link', { name: 'Hand over to a colleague' }).click();
    await check(page, name('hand-over'));
    await page.getByRole('link', { name: 'Back to your booking' }).click();
    await page.getByRole('link', { name: /^Correct your details/ }).click();
    await check(page, name('details'));
    await page.getByLabel('Full name').fill('Zoë O’Brien');
    await page.getByRole('button', { name: 'Save' }).click();
    assert.ok(await page.getByText('Zoë O’Brien').isVisible());

    await page.getByRole('button', { name: 'Cancel my booking' }).click();
    assert.match(await heading(page), /This booking is cancelled/);
    await check(page, name('cancelled'));
    await page.context().close();
  });
}

test('a person books with the keyboard alone', async () => {
  const event = await hub.event({ title: 'By keyboard', capacity: 3 });
  const page = await tab(browser);
  const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.id);
  await page.goto(`${hub.url}/events/${event}/register`);
  await press('Tab');
  assert.equal(await focused(), 'Skip to main content');
  await press('Enter', 'Tab');
  assert.equal(await focused(), 'name', 'the skip link leads to the content');
  await page.keyboard.type('Kim Key');
  await press('Tab');
  await page.keyboard.type('kim.key@practice.example');
  await press('Tab');
  await page.keyboard.type('GP');
  await press('Tab', 'Tab', 'Tab', 'Tab');
  assert.equal(await focused(), 'Book my place');
  await press('Enter');
  await page.waitForURL(/booked\?ref=/);
  assert.equal(await heading(page), 'You have a place');
  await page.context().close();
});
