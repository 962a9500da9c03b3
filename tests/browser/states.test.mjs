// Every page in every state that it can be in, on a phone and on a desk.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startHub } from './hub.mjs';
import { check, tab } from './page.mjs';

let hub;
let browser;

before(async () => { hub = await startHub(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await hub?.stop(); });

/** Checks an address on both screens; the page must say the words. */
async function everywhere(name, address, words) {
  for (const screen of ['wide', 'phone']) {
    const page = await tab(browser, { screen, scripts: false });
    await page.goto(address.startsWith('http') ? address : hub.url + address);
    assert.match(await page.locator('main').innerText(), words, name);
    await check(page, `state-${name}`);
    await page.context().close();
  }
}

test('the pages that every hub needs', async () => {
  await everywhere('nothing-on', '/events', /No events/);
  for (const [path, words] of [
    ['/accessibility', /Accessibility statement/], ['/privacy', /Privacy/], ['/cookies', /Cookies/],
    ['/contact', /Contact us/], ['/bookings/resend', /Get your booking links again/], ['/nothing', /Page not found/],
    ['/bookings/nobody', /Booking not found/], ['/events/nothing', /Event not found/],
  ]) {
    await everywhere(path.slice(1).replace('/', '-'), path, words);
  }
});

test('an event in every state', async () => {
  const waiting_list = { enabled: true, limit: 1 };
  const full = { capacity: 1, waiting_list: { enabled: false } };
  const open = await hub.event({ title: 'Open', capacity: 3, summary: 'What it is.', description: '# Plan\n\n- one\n- two' });
  await everywhere('event-open', `/events/${open}`, /3 places left/);
  const line = await hub.event({ title: 'With a line', capacity: 1 });
  await hub.book(line);
  await everywhere('event-line', `/events/${line}`, /Nobody is waiting yet/);
  const lineFull = await hub.event({ title: 'Line full', capacity: 1, waiting_list });
  await hub.book(lineFull);
  await hub.book(lineFull);
  await everywhere('event-line-full', `/events/${lineFull}`, /so is its waiting list/);
  const taken = await hub.event({ title: 'Full', ...full });
  await hub.book(taken);
  await everywhere('event-full', `/events/${taken}`, /It has no waiting list/);
  const later = await hub.event({ title: 'Later', registration: { opens: '2026-11-09T09:00:00Z' } });
  await everywhere('event-not-yet-open', `/events/${later}`, /Booking opens on Monday 9 November 2026, 9am/);
  await everywhere('form-not-yet-open', `/events/${later}/register`, /Booking has not opened yet/);
  const closed = await hub.event({ title: 'Closed', registration: { closes: '2026-11-02T10:00:00Z' } });
  const soon = [{ starts: '2026-11-02T10:30:00Z', ends: '2026-11-02T11:30:00Z' }];
  const over = await hub.event({ title: 'Over', sessions: soon });
  await hub.advance('PT1H30M');
  await everywhere('event-closed', `/events/${closed}`, /Booking has closed/);
  await everywhere('event-begun', `/events/${over}`, /This event has started/);
  await hub.advance('PT2H');
  await everywhere('event-over', `/events/${over}`, /This event has taken place/);
  await hub.post(`/api/v1/events/${line}/cancel`, { reason: 'The trainer is ill.' });
  await everywhere('event-cancelled', `/events/${line}`, /The trainer is ill/);
  await everywhere('list', '/events', /events/);
  await everywhere('list-filtered', '/events?programme=open-doors', /No events match/);
  await everywhere('list-unknown', '/events?month=never', /could not read the month/);
});

test('a booking in every state', async () => {
  const joining_url = 'https://teams.example/meeting';
  const soon = [{ starts: '2026-11-30T12:00:00Z', ends: '2026-11-30T13:00:00Z' }];
  const event = await hub.event({ title: 'One place', capacity: 1, joining_url, sessions: soon, cancellation: { notice_days: 7 } });
  const first = await hub.link(await hub.book(event));
  const second = await hub.link(await hub.book(event));
  const third = await hub.link(await hub.book(event));
  await everywhere('booking-confirmed', first, /You have a place/);
  await everywhere('booking-waiting', third, /You are number 2 on the waiting list/);
  await hub.cancel(first);
  await everywhere('booking-cancelled', first, /This booking is cancelled/);
  await everywhere('booking-offered', second, /A place is being held for you/);
  await hub.advance('P5D');
  await hub.advance('P5D');
  await hub.advance('P5D');
  await everywhere('booking-expired', second, /Your offer has ended/);

  const approval = await hub.event({ title: 'On approval', approval: true });
  await everywhere('booking-approval', await hub.link(await hub.book(approval)), /waiting for approval/);
  const off = await hub.event({ title: 'Called off' });
  const booked = await hub.link(await hub.book(off));
  await hub.post(`/api/v1/events/${off}/cancel`, { reason: 'The room is flooded.' });
  await everywhere('booking-event-cancelled', booked, /The room is flooded/);

  const now = await hub.event({ title: 'Online today', capacity: 1, joining_url, sessions: soon, cancellation: { notice_days: 30 } });
  const mine = await hub.link(await hub.book(now));
  await everywhere('booking-late', mine, /recorded as late/);
  await hub.advance('P13D');
  const at = new Date(Date.parse('2026-11-30T11:10:00Z'));
  await fetch(`${hub.url}/_local/clock`, { method: 'PUT', body: JSON.stringify({ now: at.toISOString() }) });
  await everywhere('booking-joining', mine, /Join now/);
});

test('what whoever has booked is asked besides', async () => {
  const event = await hub.event({ title: 'Given up', cancellation: { notice_days: 300 }, sessions: [{ starts: '2026-12-14T12:00:00Z', ends: '2026-12-14T13:00:00Z' }] });
  const email = await hub.book(event);
  const mine = await hub.link(email);
  await everywhere('booking-address', `${mine}/address`, /Change your email address/);
  await everywhere('booking-unsubscribe', `${mine}/unsubscribe`, /Stop/);
  await everywhere('booking-not-absent', `${mine}/absence`, /nothing to tell us/);
  await hub.cancel(mine);
  await everywhere('booking-cancelled-late', mine, /Tell us why you could not come/);
  await everywhere('booking-absence', `${mine}/absence`, /Select what is true/);
  await fetch(`${mine}/absence`, { method: 'POST', body: new URLSearchParams({ reason: 'sickness' }) });
  await everywhere('booking-absence-said', `${mine}/absence`, /I was ill/);
  const contact = { name: 'Head Teacher', email: 'head@school.example' };
  await hub.post(`/api/v1/events/${event}/groups`, { organisation: 'Example School', places: 2, contact, name_by: '2026-12-10' });
  await everywhere('group', await hub.link('head@school.example'), /Name/);
});
