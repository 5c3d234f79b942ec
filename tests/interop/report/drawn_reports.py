"""A site with a few accounts, whose reports the tests of this folder look at.

Accounts have names in several scripts, and names that mean something to HTML, CSS and a shell. Each
account has what one finding takes; nobody has decided anything.
"""

import functools
import http.server
import json
import pathlib
import subprocess
import sys
import threading

NAMES = (
    "北京智能科技有限公司",
    "ООО Рога и Копыта",
    "شركة الذكاء الاصطناعي",
    "شرکت پژوهشی گیلان",
    '"><script>alert(1)</script><img src="http://127.0.0.1:9/canary.png">',
    "</style><style>@import url(file:///etc/hostname);</style>",
    "$(touch canary-file)",
    "canary-account-41",
)
# What no report may have, whatever its profile.
SEALED = ("canary-comment-71",)

POLICY = """policy: test.volume
version: 1
title: Many requests in an hour
status: active
owner: trust
basis: [{terms: no more than that}]
kind: extraction
severity: high
description: A test.
false_positives: [a test]
reads: usage
for_each: account
window: {length: 1h, wait_for_late: 2h}
measure: {n: count()}
report_when: n >= 3
"""
CONFIGURATION = """state: state
policies: [policies]
sources: [{name: gateway, kind: file, record: usage, path: usage.jsonl, format: jsonl}]
ledger: {origin: small.example/ledger}
"""


def skip(why):
    """Ends the test as one that could not run here, by the status that CTest knows for that."""
    print(f"SKIPPED: {why}")
    sys.exit(77)


class Program:
    """The program at work in a folder."""

    def __init__(self, tidewaiter, folder):
        self.tidewaiter = tidewaiter
        self.folder = pathlib.Path(folder)
        (self.folder / "policies").mkdir()

    def run(self, *words):
        done = subprocess.run([self.tidewaiter, *words], cwd=self.folder, capture_output=True,
                              text=True, encoding="utf-8", timeout=300, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{words} ended with {done.returncode}:\n{done.stderr}")
        self.warnings = done.stderr
        return done.stdout

    def init(self):
        """With people of each role that a report asks for."""
        self.run("init", "--person", "Li Wei=liaison", "--person", "Jo=officer",
                 "--person", "Ada=approver", "--person", "Cy=counsel",
                 "--person", "Pat=policy-writer")

    def draw(self, *words):
        """The folder with the files of a report that is drawn now."""
        told = json.loads(self.run("report", "new", *words, "--as", "li-wei", "--json"))
        return self.folder / "state" / "reports" / told["report"]["id"] / "data"

    def issue(self, drawn, folder):
        """Issues what draw() gave, as `folder` of the site. Its id."""
        report = drawn.parent.name
        for who in ("ada", "cy"):
            self.run("report", "approve", report, "--reason", "Read it", "--as", who)
        self.run("report", "issue", report, "--to", folder, "--reason", "Gaps", "--as", "li-wei")
        return report


class Site(Program):
    def __init__(self, tidewaiter, folder):
        super().__init__(tidewaiter, folder)
        (self.folder / "policies" / "volume.yaml").write_text(POLICY)
        (self.folder / "tidewaiter.yaml").write_text(CONFIGURATION)
        lines = [
            json.dumps({"kind": "usage", "id": f"u{name}-{minute}", "account": NAMES[name],
                        "time": f"2026-10-05T10:{minute:02d}:00Z"}, ensure_ascii=False)
            for minute in range(3) for name in range(len(NAMES))]
        # An hour on which no window of the others ends, so that theirs are over.
        lines.append(json.dumps({"kind": "usage", "id": "last", "account": "quiet",
                                 "time": "2026-10-06T10:00:00Z"}))
        (self.folder / "usage.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.init()
        self.run("run", "--once")
        self.cases = {case["subject"]: case["id"]
                      for case in json.loads(self.run("case", "list", "--json"))["cases"]}
        if len(self.cases) < len(NAMES):
            raise SystemExit(f"expected {len(NAMES)} cases, got {list(self.cases)}")
        for case in self.cases.values():
            self.run("case", "comment", case, SEALED[0], "--as", "jo")

    def referral(self, case, profile, *words):
        return self.draw("referral", "--case", case, "--profile", profile, "--recipient",
                         "机构 Агентство", "--authority", "own right", *words)

    def follow(self, how, report, *words):
        told = json.loads(self.run("report", how, report, "--reason", "Weil Ответ", "--no-pdf",
                                   "--as", "li-wei", "--json", *words))
        return self.folder / "state" / "reports" / told["report"]["id"] / "data"

    def summary(self):
        return self.draw("period-summary", "--period", "2026-10-01..2026-11-01", "--recipient",
                         "Board")

    def statement(self):
        """What was held against lists: here nothing was."""
        return self.draw("screening-coverage", "--period", "2026-10-01..2026-11-01", "--recipient",
                         "Auditor")


SCREENING = """policy: test.listed
version: 1
title: Accounts of those who are listed
status: active
owner: trust
basis: [{terms: nobody who is listed}]
kind: sanctions
severity: high
description: A test.
false_positives: [a test]
reads: account
screen: {fields: [name], lists: [published, written], score: 0.93}
---
list: published
title: Parties that somebody publishes
synced: own
sample: [Sample Party]
---
list: written
title: Parties of the house
type: string
source: {name: The house, url: "https://lists.example/own", retrieved: 2026-09-01}
values: [Wasp Holding]
"""
# Whom the list has; then accounts: one that is hit, one that is cleared, those of NAMES, and one
# without a name.
PARTIES = "id,name,alias,country\n1,Queen Bee Imports,QBI,Syria\n2,Hornet Trading,,Iran\n3,,,\n"
LISTED = ("Queen Bee Imports", "Hornet Trading")


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class ScreeningSite(Program):
    """A site that holds names of accounts against a list that a publisher on this machine serves,
    and against one of its own. One hit is cleared."""

    def __init__(self, tidewaiter, folder):
        super().__init__(tidewaiter, folder)
        served = self.folder / "served"
        served.mkdir()
        (served / "own.csv").write_text(PARTIES)
        handler = functools.partial(QuietHandler, directory=str(served))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as publisher:
            threading.Thread(target=publisher.serve_forever, daemon=True).start()
            self.begin(publisher.server_port)
            publisher.shutdown()

    def begin(self, port):
        (self.folder / "policies" / "listed.yaml").write_text(SCREENING)
        (self.folder / "tidewaiter.yaml").write_text(
            CONFIGURATION.split("sources:")[0] + "ledger: {origin: small.example/ledger}\n"
            "sources: [{name: crm, kind: file, record: account, path: accounts.jsonl, "
            "format: jsonl}]\n"
            f"lists: [{{name: own, url: 'http://127.0.0.1:{port}/own.csv', most_loss: 70%}}]\n")
        lines = [json.dumps({"kind": "account", "id": f"a{i}", "account": f"canary-holder-{i}",
                             "time": "2026-10-05T10:00:00Z"} | ({"name": name} if name else {}),
                            ensure_ascii=False)
                 for i, name in enumerate([*LISTED, *NAMES, ""])]
        (self.folder / "accounts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.init()
        self.run("list", "sync")
        self.run("run", "--once")
        found = json.loads(self.run("finding", "list", "--json"))["findings"]
        if len(found) != len(LISTED):
            raise SystemExit(f"expected {len(LISTED)} findings, got {found}")
        hornet = next(f for f in found if f["subject"].endswith("-1"))
        self.run("clearance", "add", "--finding", hornet["id"], "--party", "published:2", "--reason",
                 SEALED[0], "--as", "jo")

    def statement(self, kind="screening-coverage"):
        return self.draw(kind, "--period", "2026-10-01..2027-10-01", "--recipient", "Аудитор",
                         "--say", "contact=Li")


    def referral(self):
        """About the account that is hit, and was not cleared."""
        cases = json.loads(self.run("case", "list", "--json"))["cases"]
        case = next(one for one in cases if one["subject"].endswith("-0"))
        return self.draw("referral", "--case", case["id"], "--recipient", "Аудитор", "--no-pdf")


RING = """policy: test.ring
version: 1
title: Three with one address
status: active
owner: trust
basis: [{terms: one account each}]
kind: coordination
severity: high
description: A test.
false_positives: [a test]
reads: usage
for_each: cluster
window: {length: 1d, wait_for_late: 2h}
measure: {accounts: distinct(account)}
report_when: accounts >= 3
---
linkage: address
title: Addresses
links: [{field: client.address, at_most: 10}]
"""
RING_DAYS = 10


class RingSite(Program):
    """A site with one cluster: two accounts for ten days, and a third that joins on the last."""

    def __init__(self, tidewaiter, folder):
        super().__init__(tidewaiter, folder)
        (self.folder / "policies" / "ring.yaml").write_text(RING)
        (self.folder / "tidewaiter.yaml").write_text(CONFIGURATION)
        asked = [(name, day) for day in range(1, RING_DAYS + 1) for name in ("r-a", "r-b")]
        lines = [json.dumps({"kind": "usage", "id": f"{name}-{day}", "account": name,
                             "time": f"2026-10-{day:02d}T10:00:00Z", "requests": day,
                             "client.address": "10.0.0.1"})
                 for name, day in [*asked, ("r-c", RING_DAYS)]]
        lines.append(json.dumps({"kind": "usage", "id": "last", "account": "quiet",
                                 "time": "2026-10-12T10:00:00Z"}))
        (self.folder / "usage.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.init()
        self.run("run", "--once")
        cases = json.loads(self.run("case", "list", "--json"))["cases"]
        if [one["subject"] for one in cases] != ["cluster:gateway/r-a"]:
            raise SystemExit(f"expected one case of a cluster, got {cases}")
        self.case = cases[0]["id"]

    def referral(self, profile):
        return self.draw("referral", "--case", self.case, "--profile", profile, "--recipient",
                         "Agency", "--no-pdf")

    def summary(self):
        return self.draw("period-summary", "--period", "2026-10-01..2026-11-01", "--recipient",
                         "Board", "--no-pdf")


def withheld_by_facts(site):
    """What a report of the profile `facts` may not have of a site."""
    return [*SEALED, *NAMES, *site.cases]
