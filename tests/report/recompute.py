"""Recomputes a hub's reports from its raw export, by the definitions of the figures and nothing of the hub's code.

    python3 tests/report/recompute.py http://127.0.0.1:8080 2020-06 2020-09 2021-01 2020-21

Every figure of every table is compared. Then each figure of a period is told wrong by one, to see that it would have
been found. Exits 1 if any figure of any period differs, or a wrong one would not be found. Needs nothing but Python.
"""

import copy
import json
import sys
import unicodedata
import urllib.request
from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ADDED_UP = ["places_booked", "waiting_unmet", "cancelled", "cancelled_late", "attended", "attended_part",
            "did_not_attend", "not_recorded", "walk_ins", "unused_cancelled", "unused_absent", "unused_waived",
            "unused_gbp", "cpd_minutes", "certificates_issued"]
OF_EVENTS = ["events_cancelled", "places_offered", "evaluation_mean", "evaluation_responses"]
TABLES = ["programme", "role", "organisation", "network", "borough", "format"]
KINDS = ["school", "practice", "other"]
KIND_OF_ROLE = {"school-staff": "school"} | dict.fromkeys(
    ["gp", "gp-trainee", "practice-nurse", "nurse-associate", "healthcare-assistant", "practice-manager",
     "receptionist", "social-prescriber"], "practice")


def call(url, token=None, body=None):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    data = None
    if body is not None:
        headers["content-type"], data = "application/json", json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as reply:
        return json.load(reply)


def export(base, token, period):
    events, rows, cursor = {}, [], ""
    while cursor is not None:
        part = call(f"{base}/api/v1/reports/{period}/registrations.json?cursor={cursor}", token)
        events.update((event["id"], event) for event in part["events"])
        rows += part["registrations"]
        cursor = part["next"]
    return events, rows


def time(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def fold(text):
    """What two spellings of a name have in common: neither case, accents nor space matter."""
    ignored = set("\u200b\u200c\u200d\u2060\ufeff")
    folded = unicodedata.normalize("NFKD", text.upper().lower())
    return "".join(c for c in folded if not (c.isspace() or c in ignored or "\u0300" <= c <= "\u036f"))


class Organisations:
    """The hub's list: an organisation is found by its code, else by a name that only one bears."""

    def __init__(self, listed):
        self.by_id, names = {}, defaultdict(set)
        for organisation in listed:
            key = organisation["code"] or "~" + fold(organisation["name"])
            self.by_id[key] = organisation
            for name in [organisation["name"], *organisation["aliases"]]:
                names[fold(name)].add(key)
        self.by_name = {name: next(iter(keys)) for name, keys in names.items() if len(keys) == 1}

    def of(self, row):
        """What somebody's organisation counts as: its key, kind, network and borough."""
        code, name = row["ods_code"], row["organisation"]
        by_name = self.by_name.get(fold(name)) if name is not None else None
        key = code if code in self.by_id else by_name
        if key is not None:
            listed = self.by_id[key]
            return key, listed["type"], listed["network"], listed["borough"]
        given = code if code is not None else None if name is None else "~" + fold(name)
        return given, KIND_OF_ROLE.get(row["role"], "other"), None, None


# England's, of the years that are recomputed.
BANK_HOLIDAYS = {"2020-04-10", "2020-04-13", "2020-05-08", "2020-05-25", "2020-08-31", "2020-12-25", "2020-12-28",
                 "2021-01-01", "2021-04-02", "2021-04-05"}
LONDON = ZoneInfo("Europe/London")


def is_short(notice, starts, at):
    """Whether less than a notice lies between a cancellation and the start."""
    if notice["unit"] == "working_day":
        day, last = (moment.astimezone(LONDON).date() for moment in (at, starts))
        between = (day + timedelta(days=n) for n in range(1, (last - day).days))
        clear = [day for day in between if day.weekday() < 5 and day.isoformat() not in BANK_HOLIDAYS]
        return len(clear) < notice["n"]
    # In a time zone, this is the same time of day so many days before.
    return at > starts.astimezone(LONDON) - timedelta(days=notice["n"] * (7 if notice["unit"] == "week" else 1))


class Policy:
    """What an unused place costs, under what the hub has agreed with those who book."""

    def __init__(self, agreed):
        self.agreed = agreed

    def window(self, event):
        """The time before an event within which giving up a place is charged."""
        days = event["notice_days"] if event["notice_days"] is not None else self.agreed["charge_window_days"]
        return self.agreed["notice"] if days is None else {"n": days, "unit": "calendar_day"}

    def price(self, event):
        for rate in self.agreed["charge"]:
            if rate["under_hours"] is None or event["session_minutes"] < 60 * rate["under_hours"]:
                return rate["gbp"]
        return 0

    def unused(self, row, event, held, gave_up):
        """Which figure of unused places somebody counts in, if any."""
        if event["confidential"]:
            return None
        if held:
            short = row["minutes"] is not None and 0 < row["minutes"] < event["minimum_minutes"]
            absent = row["minutes"] == 0 or (short and self.agreed["late_arrival_is_absence"])
            return "unused_absent" if absent else None
        window = self.window(event)
        late = gave_up and row["late"] and window is not None
        return "unused_cancelled" if late and is_short(window, time(event["starts"]), time(row["ended_at"])) else None


def counts_of(row, event, policy):
    """What one person at one event adds to each figure."""
    counts = defaultdict(int)
    starts, minutes = time(event["starts"]), row["minutes"]
    ended_after = row["ended_at"] is not None and time(row["ended_at"]) >= starts.replace(microsecond=0)
    held = row["place"] == "confirmed" or (row["place"] == "ended" and ended_after and row["had_place"])
    unmet = row["place"] in ("offered", "waiting", "approval") or (row["place"] == "ended" and ended_after and not held)
    if held:
        counts["places_booked"] += 1
        if minutes is None:
            counts["not_recorded"] += 1
        elif minutes == 0:
            counts["did_not_attend"] += 1
        elif minutes < event["minimum_minutes"]:
            counts["attended_part"] += 1
        else:
            counts["attended"] += 1
            counts["cpd_minutes"] += event["cpd_minutes"]
    elif minutes:
        counts["walk_ins"] += 1
    if unmet:
        counts["waiting_unmet"] += 1
    gave_up = row["place"] == "ended" and not ended_after and row["ending"] == "cancelled" and row["had_place"]
    if gave_up:
        counts["cancelled"] += 1
        counts["cancelled_late"] += row["late"]
    if unused := policy.unused(row, event, held, gave_up):
        counts[unused] += 1
        counts["unused_waived"] += row["waived"] is not None
        counts["unused_gbp"] += policy.price(event) if row["waived"] is None else 0
    counts["certificates_issued"] += row["certified"]
    return counts


class Tally:
    def __init__(self):
        self.counts, self.people, self.organisations = defaultdict(int), set(), set()
        self.events, self.cancelled, self.offered, self.answers, self.scores, self.ratings = set(), 0, 0, 0, 0, 0

    def add_event(self, event):
        if event["status"] == "cancelled":
            self.cancelled += 1
        else:
            self.events.add(event["id"])
            self.offered += event["capacity"] or 0
            self.answers += event["answers"]
            self.scores += event["scores"]
            self.ratings += event["ratings"]

    def add_person(self, counts, row, event, organisation):
        for figure, count in counts.items():
            self.counts[figure] += count
        if counts["places_booked"]:
            self.people.add(row["person"])
        if counts["attended"] and organisation and not event["confidential"]:
            self.organisations.add(organisation)

    def figures(self, of_events):
        figures = {name: self.counts[name] for name in ADDED_UP}
        figures.update(events_held=len(self.events), people=len(self.people),
                       organisations_reached=len(self.organisations))
        mean = None
        if self.scores:
            mean = ((self.ratings * 200 + self.scores) // (2 * self.scores)) / 100
        whole = dict(events_cancelled=self.cancelled, places_offered=self.offered, evaluation_mean=mean,
                     evaluation_responses=self.answers)
        figures.update(whole if of_events else dict.fromkeys(OF_EVENTS))
        return figures


class Recomputed:
    """Every figure of a period, from what was exported."""

    def __init__(self, events, rows, organisations, policy):
        self.policy = policy
        self.totals, self.tables = Tally(), {name: defaultdict(Tally) for name in TABLES}
        self.kinds, self.certified, self.lacking = {}, set(), set()
        for event in events.values():
            self.totals.add_event(event)
            for name in ("programme", "format"):
                self.tables[name]["confidential" if event["confidential"] else event[name]].add_event(event)
        for row in rows:
            event = events[row["event"]]
            if event["status"] != "cancelled":
                self.add(row, event, *organisations.of(row))
        self.held = len(self.totals.events)

    def add(self, row, event, organisation, kind, network, borough):
        counts = counts_of(row, event, self.policy)
        self.totals.add_person(counts, row, event, organisation)
        keys = dict(programme=event["programme"], format=event["format"], role=row["role"], organisation=organisation,
                    network=network, borough=borough)
        for name, key in keys.items():
            tally = self.tables[name]["confidential" if event["confidential"] else key]
            if name not in ("programme", "format") and counts["places_booked"]:
                tally.events.add(event["id"])
            tally.add_person(counts, row, event, organisation)
        if counts["not_recorded"]:
            self.lacking.add(event["id"])
        if row["certified"]:
            self.certified.add(row["person"])
        if counts["attended"] and organisation and not event["confidential"]:
            self.kinds[organisation] = min(self.kinds.get(organisation, "other"), kind, key=KINDS.index)

    def reach(self):
        of = lambda kind: sum(found == kind for found in self.kinds.values())
        return dict(schools=of("school"), practices=of("practice"), people_certified=len(self.certified))


def differences(report, recomputed):
    found = []

    def compare(where, told, computed):
        found.extend(f"{where}: {name} is told as {told.get(name)}, recomputed as {value}"
                     for name, value in computed.items() if told.get(name) != value)

    compare("totals", report["totals"], recomputed.totals.figures(True))
    compare("completeness", report["completeness"], dict(events=recomputed.held,
                                                         lacking_attendance=len(recomputed.lacking)))
    compare("reach", report["reach"], recomputed.reach())
    for name, rows in recomputed.tables.items():
        of_events = name in ("programme", "format")
        told = {row[name]: row for row in report[f"by_{name}"]}
        for key, tally in rows.items():
            figures = tally.figures(of_events)
            if key in told:
                compare(f"by {name}, {key}", told.pop(key), figures)
            elif any(figures.values()):
                found.append(f"by {name}: there is no row {key}")
        found.extend(f"by {name}: {key} was not to be found in the export" for key in told)
    return found


def unfound(report, recomputed):
    """Figures that could be told wrong by one without anybody finding it."""
    groups = [("totals", report["totals"]), ("completeness", report["completeness"]), ("reach", report["reach"])]
    groups += [(f"by {name}, {row[name]}", row) for name in TABLES for row in report[f"by_{name}"]]
    silent = []
    for where, figures in groups:
        for name, value in list(figures.items()):
            if type(value) in (int, float):
                figures[name] = value + 1
                if len(differences(report, recomputed)) != 1:
                    silent.append(f"{where}: {name} could be told as {value + 1}")
                figures[name] = value
    return silent


def main():
    base, periods = sys.argv[1].rstrip("/"), sys.argv[2:]
    token = call(f"{base}/_local/token", body={"role": "admin", "subject": "proof@hub.example"})["token"]
    organisations = Organisations(call(f"{base}/api/v1/organisations", token)["organisations"])
    policy = Policy(call(f"{base}/api/v1/hub", token)["policy"])
    wrong = []
    for number, period in enumerate(periods):
        events, rows = export(base, token, period)
        report = call(f"{base}/api/v1/reports/{period}.json", token)
        recomputed = Recomputed(events, rows, organisations, policy)
        found = differences(report, recomputed)
        figures = sum(len(report[f"by_{name}"]) for name in TABLES) + 1
        print(f"{period}: {len(events)} events, {len(rows)} rows, {figures} rows of figures:",
              f"{len(found)} differ" if found else "all agree")
        if number == 0 and not found:
            found = unfound(copy.deepcopy(report), recomputed)
        if not events:
            found.append(f"{period} has no events, so nothing was compared")
        wrong += found
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
