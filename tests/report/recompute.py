"""Recomputes a hub's reports from its raw export, by the definitions of the figures and nothing of the hub's code.

    python3 tests/report/recompute.py http://127.0.0.1:8080 2020-06 2020-09 2021-01 2020-21

Exits 1 if any figure of any period differs. Needs nothing but Python.
"""

import json
import sys
import urllib.request
from collections import defaultdict
from datetime import datetime

ADDED_UP = ["places_booked", "waiting_unmet", "cancelled", "cancelled_late", "attended", "attended_part",
            "did_not_attend", "not_recorded", "walk_ins", "cpd_minutes", "certificates_issued"]
OF_EVENTS = ["events_cancelled", "places_offered", "evaluation_mean", "evaluation_responses"]


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


def counts_of(row, event):
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
    if row["place"] == "ended" and not ended_after and row["ending"] == "cancelled" and row["had_place"]:
        counts["cancelled"] += 1
        counts["cancelled_late"] += row["late"]
    counts["certificates_issued"] += row["certified"]
    return counts


class Tally:
    def __init__(self):
        self.counts, self.people, self.organisations = defaultdict(int), set(), set()
        self.events, self.cancelled, self.offered, self.answers, self.ratings = set(), 0, 0, 0, 0

    def add_event(self, event):
        if event["status"] == "cancelled":
            self.cancelled += 1
        else:
            self.events.add(event["id"])
            self.offered += event["capacity"] or 0
            self.answers += event["answers"]
            self.ratings += event["ratings"]

    def add_person(self, row, event, organisation):
        counts = counts_of(row, event)
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
        if self.answers:
            mean = ((self.ratings * 200 + self.answers) // (2 * self.answers)) / 100
        whole = dict(events_cancelled=self.cancelled, places_offered=self.offered, evaluation_mean=mean,
                     evaluation_responses=self.answers)
        figures.update(whole if of_events else dict.fromkeys(OF_EVENTS))
        return figures


def recompute(events, rows):
    totals, tables = Tally(), {name: defaultdict(Tally) for name in ("programme", "role", "organisation", "format")}
    for event in events.values():
        totals.add_event(event)
        confidential = event["confidential"]
        tables["programme"]["confidential" if confidential else event["programme"]].add_event(event)
        tables["format"]["confidential" if confidential else event["format"]].add_event(event)
    for row in rows:
        event = events[row["event"]]
        if event["status"] == "cancelled":
            continue
        organisation = row["counted_as"]
        totals.add_person(row, event, organisation)
        keys = dict(programme=event["programme"], format=event["format"], role=row["role"], organisation=organisation)
        for name, key in keys.items():
            tally = tables[name]["confidential" if event["confidential"] else key]
            if name in ("role", "organisation") and counts_of(row, event)["places_booked"]:
                tally.events.add(event["id"])
            tally.add_person(row, event, organisation)
    return totals, tables


def differences(report, totals, tables):
    found = []

    def compare(where, told, computed):
        found.extend(f"{where}: {name} is told as {told.get(name)}, recomputed as {value}"
                     for name, value in computed.items() if told.get(name) != value)

    compare("totals", report["totals"], totals.figures(True))
    for name, rows in tables.items():
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


def main():
    base, periods = sys.argv[1].rstrip("/"), sys.argv[2:]
    token = call(f"{base}/_local/token", body={"role": "admin", "subject": "proof@hub.example"})["token"]
    wrong = False
    for period in periods:
        events, rows = export(base, token, period)
        report = call(f"{base}/api/v1/reports/{period}.json", token)
        found = differences(report, *recompute(events, rows))
        figures = sum(len(rows) for name, rows in report.items() if name.startswith("by_")) + 1
        print(f"{period}: {len(events)} events, {len(rows)} rows, {figures} rows of figures:",
              "all agree" if not found else f"{len(found)} differ")
        print("\n".join(found), end="\n" if found else "")
        wrong |= bool(found)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
