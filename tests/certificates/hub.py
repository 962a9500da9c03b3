"""A hub of its own, used through the front door: what a certificate's holder, an organiser and a stranger get."""

import json
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone

# Long ago: validators go by the real clock, for which nothing may be issued in the future.
NOW = "2025-11-03T09:00:00Z"
AFTER = "2025-12-02T17:00:00Z"


class Hub:
    def __init__(self, program, *flags):
        self.folder = tempfile.TemporaryDirectory()
        command = [program, "serve", "--port", "0", "--empty", "--clock", NOW, "--data", self.folder.name, *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        lines = (line for line in self.process.stdout if line.startswith("listening on "))
        self.url = next(lines).removeprefix("listening on ").strip()
        self.token = self.json("POST", "/_local/token", {"role": "admin", "subject": "dev@hub.example"})["token"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def raw(self, method, path, body=None, token=None, accept=None):
        request = urllib.request.Request(path if "://" in path else self.url + path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("content-type", "application/json")
        if token:
            request.add_header("authorization", f"Bearer {token}")
        if accept:
            request.add_header("accept", accept)
        with urllib.request.urlopen(request) as reply:
            return reply.read()

    def json(self, method, path, body=None, token=None):
        return json.loads(self.raw(method, path, body, token))

    def organise(self, method, path, body=None):
        return self.json(method, path, {} if body is None and method == "POST" else body, self.token)

    def catch_up(self):
        """Lets the hub's clock show what every other one does."""
        self.json("PUT", "/_local/clock", {"now": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")})

    def event(self, **settings):
        session = {"starts": "2025-12-02T09:30:00Z", "ends": "2025-12-02T16:30:00Z"}
        event = {"title": "Mental Health First Aid: \"opening\" conversations", "programme": "mhfa-schools",
                 "sessions": [session], "cpd_minutes": 390, **settings}
        id = self.organise("POST", "/api/v1/events", event)["id"]
        self.organise("POST", f"/api/v1/events/{id}/publish")
        return id

    def certify(self, event, people):
        """Books for these people, records that they came, and waits for their certificates: their numbers, in order."""
        emails = [f"person{place}@practice.example" for place in range(len(people))]
        path = f"/api/v1/events/{event}/registrations"
        forms = [{"email": email, "role": "gp", **person} for email, person in zip(emails, people)]
        references = [self.json("POST", path, form)["reference"] for form in forms]
        self.json("POST", "/_local/settle", {})
        tokens = [self.token_of(email) for email in emails]
        self.json("PUT", "/_local/clock", {"now": AFTER})
        records = [{"reference": reference, "minutes": 400} for reference in references]
        self.organise("POST", f"/api/v1/events/{event}/attendance", {"records": records})
        self.json("POST", "/_local/clock/advance", {"by": "PT16M"})
        numbers = [self.json("GET", f"/api/v1/bookings/{token}")["certificate_number"] for token in tokens]
        return list(zip(references, tokens, numbers))

    def token_of(self, email):
        """The token of the link in the last mail to this address."""
        message = self.json("GET", f"/_local/inbox?to={email}")["messages"][-1]
        link = next(line for line in message["text"].splitlines() if line.strip().startswith("http"))
        return link.rsplit("/", 1)[-1].strip()
