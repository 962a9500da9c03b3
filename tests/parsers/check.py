"""Mails and calendar files as other people's parsers read them: Python's `email`, `icalendar` and `vobject`.

    python tests/parsers/check.py target/debug/lectern

Starts a hub of its own, books for people with difficult names, moves and cancels, and reads everything that was sent.
"""

import difflib
import email
import email.policy
import html.parser
import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import icalendar
import vobject

NAMES = [
    "Amina Begum",
    'Ann "The, Knot" <ash@evil.example>; ^ \\n',
    "<script>alert(1)</script>",
    "Zoë \U0001F469\u200D\u2695\uFE0F O’Neill",
    "\u05E9\u05E8\u05D4 \u05DB\u05D4\u05DF",
    "আমিনা " * 33,
    "BEGIN:VEVENT;ATTENDEE=mailto:x@evil.example",
]
TITLE = 'Suturing: "knots", half; 100 % \U0001FA7A \\n and everything else that somebody who types a title may think of'
# In summer time; on the day on which the clocks have gone back; in winter; on the day on which they have gone forward.
SESSIONS = [
    ("2026-06-09T13:00:00+01:00", "2026-06-09T15:00:00+01:00"),
    ("2026-10-25T09:00:00+00:00", "2026-10-25T10:00:00+00:00"),
    ("2026-12-01T09:30:00+00:00", "2026-12-01T16:30:00+00:00"),
    ("2027-03-28T09:00:00+01:00", "2027-03-28T10:00:00+01:00"),
]


# How the subjects begin of mails that come of what happens to bookings and events.
KINDS = [
    "Confirmed", "On the waiting list", "Waiting for approval", "Accept your place", "Last chance", "Offer ended",
    "Offer ended, back", "You now have a place", "Cancelled", "Handed over", "Not approved", "Waiting list ended",
    "What we will do for you", "Arranged for you", "In a week", "Tomorrow", "In an hour", "Thank you",
    "Your certificate", "Your new certificate", "Your booking link", "Not booked", "We missed you", "Three months later",
    "4 booked", "Low numbers", "Long waiting list", "Report for", "Cancelled late", "Did not come",
    "Mail not delivered",
]
# Attempts, each of many bookings at once, to have one break off between its two writes.
ATTEMPTS = 8


class Hub:
    def __init__(self, program, folder):
        command = [program, "serve", "--port", "0", "--empty", "--clock", "2026-05-04T09:00:00Z", "--data", folder]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        lines = (line for line in self.process.stdout if line.startswith("listening on "))
        self.url = next(lines).removeprefix("listening on ").strip()
        self.token = self.json("POST", "/_local/token", {"role": "admin", "subject": "dev@hub.example"})["token"]

    def open(self, method, path, body=None, organiser=False):
        headers = {"content-type": "application/json"}
        if organiser:
            headers["authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request) as reply:
            return reply.read()

    def send(self, path, **fields):
        """Sends a form as a browser does."""
        urllib.request.urlopen(self.url + path, urllib.parse.urlencode(fields).encode()).close()

    def json(self, *arguments, **options):
        return json.loads(self.open(*arguments, **options))

    def mails(self):
        self.open("POST", "/_local/settle", {})
        ids = [message["id"] for message in self.json("GET", "/_local/inbox")["messages"]]
        return [self.open("GET", f"/_local/inbox/{id}.eml") for id in ids]


def story(hub):
    """Something of everything that carries a calendar entry."""
    sessions = [{"starts": starts, "ends": ends} for starts, ends in SESSIONS]
    event = {"title": TITLE, "programme": "clinical-updates", "format": "hybrid", "venue": "Mile End; Hospital,\nLondon",
             "summary": "Bring:\n\"scissors\", thread; a chair", "sessions": sessions, "capacity": len(NAMES)}
    id = hub.json("POST", "/api/v1/events", event, organiser=True)["id"]
    hub.open("POST", f"/api/v1/events/{id}/publish", {}, organiser=True)
    for number, name in enumerate(NAMES):
        form = {"name": name.strip(), "email": f"person{number}@practice.example", "role": "gp"}
        hub.open("POST", f"/api/v1/events/{id}/registrations", form)
    feeds = [hub.open("GET", path) for path in ("/events.ics", f"/events/{id}/calendar.ics")]
    hub.mails()
    hub.open("PATCH", f"/api/v1/events/{id}", {"sessions": sessions[:3], "title": TITLE.upper()}, organiser=True)
    message = {"subject": "Parking; \U0001F697, <b>", "body": "Behind.\n.\n--\nFrom here\n<b>", "to": "all"}
    hub.open("POST", f"/api/v1/events/{id}/messages", message, organiser=True)
    hub.mails()
    hub.open("POST", f"/api/v1/events/{id}/cancel", {"reason": "The trainer\nis ill."}, organiser=True)
    return feeds


def every_kind(hub):
    """Mails of every kind that there is about a booking, to people of one event each, and what organisers are told."""
    def event(title, day, **settings):
        sessions = [{"starts": f"{day}T09:30:00+01:00", "ends": f"{day}T12:30:00+01:00"}]
        fields = {"title": title, "programme": "staff-wellbeing", "sessions": sessions, "format": "online",
                  "joining_url": "https://meet.example/1?a=b&c=d", "organisers": ["hub@hub.example"], **settings}
        id = hub.json("POST", "/api/v1/events", fields, organiser=True)["id"]
        hub.open("POST", f"/api/v1/events/{id}/publish", {}, organiser=True)
        return f"/api/v1/events/{id}"

    def book(event, name, **more):
        form = {"name": name, "email": f"{name.split()[0].lower()}@kinds.example", "role": "gp", **more}
        return hub.json("POST", f"{event}/registrations", form)["reference"]

    def lay_hand(event, reference, what, **body):
        hub.open("POST", f"{event}/registrations/{reference}/{what}", body, organiser=True)

    policy = {"told": ["practice_manager"], "charge": [{"gbp": 60}], "notice": {"n": 7, "unit": "calendar_day"}}
    hub.open("PATCH", "/api/v1/hub", {"policy": policy}, organiser=True)
    surgery = {"code": "X99001", "name": "Knot & <b>Bow</b> Surgery", "manager": "manager@kinds.example"}
    hub.open("PUT", "/api/v1/organisations", {"organisations": [surgery]}, organiser=True)
    told = event("Told & <b>bold</b>", "2026-06-18", programme="clinical-updates", organisers=["other@hub.example"])
    works = {"organisation": {"ods_code": "X99001"}}
    late, absent = book(told, "Lee Lime", **works), book(told, "Max Maple", **works)
    book(told, "Nat Nutmeg", email="bounce+nat@simulator.amazonses.com")
    knots = event("Knots & <b>bows</b>", "2026-06-16", capacity=1, minimum=1, cancellation={"notice_days": 90})
    ann = book(knots, "Ann Ash", access_needs="A <b>chair</b>")
    dan = [book(knots, name) for name in ("Bob Birch", "Cat Cedar", "Dan Damson")][-1]
    for state in ("agreed", "arranged"):
        lay_hand(knots, ann, "access", state=state, reply=f"It is {state} & done.\n\n<i>Ask</i> for Zoe.")
        hub.open("POST", "/_local/clock/advance", {"by": "PT2M"})
    lay_hand(knots, dan, "reject", reason="Only for\nnurses.")
    lay_hand(knots, ann, "cancel")
    hub.open("POST", "/_local/clock/advance", {"by": "P9D"})  # Offers lapse, come again, and lapse for good.
    approved = event("By approval", "2026-06-17", approval=True)
    eve = book(approved, "Eve Elder")
    lay_hand(approved, eve, "admit")
    lay_hand(approved, eve, "substitute", name="Gus Gum", email="gus@kinds.example", role="gp")
    line = event("The line", "2026-06-19", capacity=1, waiting_list={"offer_hours": None})
    ivy = book(line, "Ivy Iris")
    book(line, "Jon Jasmine"), book(line, "Kit Kale")
    lay_hand(line, ivy, "cancel")
    held = event("Held", "2026-06-18", cpd_minutes=180, evaluation={"follow_up": True})
    hal, lea = book(held, "Hal Holly"), book(held, "Lea Larch")
    hub.send("/bookings/resend", email="hal@kinds.example", started="1")
    break_off(hub, event("Full", "2026-06-20", capacity=1, waiting_list={"enabled": False}), book)
    hub.open("PATCH", "/api/v1/hub", {"report_recipients": ["funder@kinds.example"]}, organiser=True)
    hub.open("POST", "/_local/clock/advance", {"by": "P33D"})
    lay_hand(told, late, "cancel")
    hub.open("POST", "/_local/clock/advance", {"by": "P12D"})
    hub.open("POST", f"{told}/attendance", {"records": [{"reference": absent, "minutes": 0}]}, organiser=True)
    records = [{"reference": hal, "minutes": 180}, {"reference": lea, "minutes": 0}]
    hub.open("POST", f"{held}/attendance", {"records": records}, organiser=True)
    hub.open("POST", "/_local/clock/advance", {"by": "P20D"})
    hub.open("POST", f"{held}/certificates/{hal}/reissue", {"name": "Hal <b>Holly</b>-Hazel"}, organiser=True)
    hub.open("POST", "/_local/clock/advance", {"by": "P70D"})


def break_off(hub, event, book):
    """Bookings that break off between their two writes, for an event that is full by the time that they are finished."""
    book(event, "Mia Maple")

    def try_to(number):
        try:
            book(event, f"Ned{number} Nutmeg")
        except urllib.error.HTTPError as refused:
            assert refused.code in (409, 503), refused.read()

    for seed in range(ATTEMPTS):
        hub.open("PUT", "/_local/faults", {"store": {"error": 0.75}, "seed": seed})
        with ThreadPoolExecutor(10) as people:
            list(people.map(try_to, range(seed * 30, seed * 30 + 30)))
        hub.open("DELETE", "/_local/faults")
        hub.open("POST", "/_local/settle", {})
        if any(mail["subject"].startswith("Not booked") for mail in hub.json("GET", "/_local/inbox")["messages"]):
            return


class Words(html.parser.HTMLParser):
    """What a page says, word by word."""

    INLINE = {"s", "strong"}

    def __init__(self, page):
        super().__init__()
        self.text, self.links, self.is_shown = "", [], False
        self.feed(page)

    @property
    def words(self):
        return self.text.split()

    def handle_starttag(self, tag, attributes):
        self.is_shown |= tag == "body"
        self.links += [value for name, value in attributes if tag == "a" and name == "href"]
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        self.text += "" if tag in self.INLINE else " "

    def handle_data(self, data):
        self.text += data if self.is_shown else ""


def check_alike(text, page):
    """The text says what the page says, in the same order, and leads to the same places."""
    page, words, lines = Words(page), [], text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""]):
        if line in page.links:
            continue
        leads = following in page.links and line.endswith(":")
        words += line.removesuffix(":").split() if leads else line.removeprefix("# ").split()
    assert words == page.words, "\n".join(difflib.unified_diff(words, page.words, lineterm=""))
    assert [line for line in lines if line in page.links] == page.links, page.links


def instants(component):
    return [component.decoded(name).astimezone(timezone.utc) for name in ("dtstart", "dtend")]


def check_calendar(text, method):
    """One calendar file, read twice; its entries by identifier."""
    assert all(len(line) <= 75 for line in text.encode().split(b"\r\n")), "a line is too long"
    assert "\n" not in text.replace("\r\n", ""), "a bare line feed"
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar["METHOD"] == method, calendar["METHOD"]
    entries = list(calendar.walk("VEVENT"))
    others = list(vobject.readOne(text).vevent_list)
    assert len(entries) == len(others) > 0
    for entry, other in zip(entries, others):
        assert not entry.errors, entry.errors
        assert str(entry["UID"]) == other.uid.value
        assert str(entry["SUMMARY"]) == other.summary.value
        starts, ends = instants(entry)
        assert starts == other.dtstart.value.astimezone(timezone.utc) and starts < ends
    return {str(entry["UID"]): entry for entry in entries}


def check_mail(raw):
    """One mail; its calendar entries, if it has any."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    defects = [part.defects for part in message.walk() if part.defects]
    assert not defects, defects
    for header in message.values():
        assert "\n" not in str(header)
    for name in ("From", "To", "Subject", "References", "Auto-Submitted", "Message-ID", "Date"):
        assert len(message.get_all(name, [])) == 1, f"{name}: {message.get_all(name)}"
    assert not message.get_all("Bcc") and not message.get_all("Cc")
    assert len(message["To"].addresses) == 1, message["To"]
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "<script" not in html and "<b>" not in html
    check_alike(text, html)
    files = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    if not files:
        return message, {}
    version, file = files
    assert version.get_content_disposition() is None and file.get_filename() == "booking.ics"
    assert version.get_content().replace("\n", "\r\n").replace("\r\r", "\r") == file.get_content().replace(
        "\n", "\r\n").replace("\r\r", "\r")
    method = version.get_param("method")
    text = file.get_payload(decode=True).decode()
    alternatives = next(part for part in message.walk() if part.get_content_type() == "multipart/alternative")
    assert list(alternatives.iter_parts())[-1] is version, "the calendar comes last"
    return message, check_calendar(text, method)


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(program, folder)
        try:
            feeds = story(hub)
            mails = [check_mail(raw) for raw in hub.mails()]
            every_kind(hub)
            kinds = [check_mail(raw)[0] for raw in hub.mails()][len(mails):]
        finally:
            hub.process.terminate()
            hub.process.wait()
    for feed in feeds:
        entries = check_calendar(feed.decode(), "PUBLISH")
        expected = [datetime.fromisoformat(starts).astimezone(timezone.utc) for starts, _ in SESSIONS]
        assert sorted(instants(entry)[0] for entry in entries.values()) == expected, "across both clock changes"
        assert all(str(entry["SUMMARY"]).startswith(TITLE) for entry in entries.values())
    told = {}
    for message, entries in mails:
        told.setdefault(str(message["To"]), []).append((message, entries))
    assert len(told) == len(NAMES)
    for number, name in enumerate(NAMES):
        check_story(name.strip(), told[f"person{number}@practice.example"])
    check_kinds({str(message["Subject"]).split(":")[0] for message in kinds})
    print(f"{len(mails) + len(kinds)} mails and {len(feeds)} feeds read alike")


def check_kinds(subjects):
    """There was one of every kind."""
    missing = [kind for kind in KINDS if not any(subject.startswith(kind) for subject in subjects)]
    assert not missing, f"{missing} not among {sorted(subjects)}"


def check_story(name, mails):
    """What one person got, from the confirmation to the end."""
    states = [str(message["Subject"]).split(":")[0].split(";")[0] for message, _ in mails]
    assert states == ["Confirmed", "Changed", "Parking", "Event cancelled"], states
    assert len({str(message["References"]) for message, _ in mails}) == 1, "one thread"
    assert all(f"Dear {name}," in message.get_body(("plain",)).get_content() for message, _ in mails)
    first, changed, written, last = [entries for _, entries in mails]
    assert set(first) == set(changed) == {*written, *(set(first) - set(written))} and len(first) == len(SESSIONS)
    assert len(written) == len(SESSIONS) - 1, "a session that is no more"
    states = [[str(entry["STATUS"]) for entry in entries.values()] for entries in (first, changed, written, last)]
    assert [state.count("CANCELLED") for state in states] == [0, 1, 0, 3], states
    for uid in written:
        numbers = [int(entries[uid]["SEQUENCE"]) for entries in (first, changed, last)]
        assert numbers == sorted(set(numbers)), numbers
        attendee = first[uid]["ATTENDEE"]
        assert attendee.params["RSVP"] == "FALSE" and str(attendee).startswith("mailto:person")
        assert str(first[uid]["ORGANIZER"]).startswith("mailto:")
        assert str(first[uid]["DESCRIPTION"]).startswith("To give up your place")


if __name__ == "__main__":
    main(sys.argv[1])
