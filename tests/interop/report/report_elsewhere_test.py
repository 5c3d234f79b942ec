#!/usr/bin/env python3
"""A report on a campaign of thousands of accounts, verified on a machine that has the verifier, the
libraries that it loads, a trust policy and the report, and nothing else: no network, no program, no
file of this one.

Usage: report_elsewhere_test.py TIDEWAITER TIDEWAITER_VERIFY
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from drawn_reports import CONFIGURATION, Program, skip

RINGS, RING = 60, 40
POLICY = """policy: test.campaign
version: 1
title: Thousands at once
status: active
owner: trust
basis: [{terms: one account each}]
kind: coordination
severity: high
description: A test.
false_positives: [a test]
reads: usage
for_each: cluster
window: {length: 1h, wait_for_late: 2h}
measure: {accounts: distinct(account)}
report_when: accounts >= 2000
---
linkage: means
title: Addresses and fingerprints
links:
  - {field: client.address, at_most: 100}
  - {field: tls.ja4, at_most: 100}
"""


def usage():
    """Rings of one address each; the first of a ring shares a fingerprint with that of the next."""
    for ring in range(RINGS):
        for one in range(RING):
            name = f"a-{ring}-{one}"
            base = {"kind": "usage", "account": name, "time": f"2026-10-05T10:{10 + one:02d}:00Z"}
            yield {**base, "id": name, "client.address": f"10.9.{ring}.1"}
            for bridge in (ring, ring + 1) if one == 0 else ():
                yield {**base, "id": f"{name}-b{bridge}", "tls.ja4": f"bridge-{bridge}"}
    yield {"kind": "usage", "id": "z", "time": "2026-10-05T13:30:00Z", "account": "z"}


class CampaignSite(Program):
    def __init__(self, tidewaiter, folder):
        super().__init__(tidewaiter, folder)
        (self.folder / "policies" / "campaign.yaml").write_text(POLICY)
        (self.folder / "tidewaiter.yaml").write_text(CONFIGURATION)
        (self.folder / "usage.jsonl").write_text("".join(json.dumps(r) + "\n" for r in usage()))
        self.init()
        self.run("run", "--once")
        [case] = json.loads(self.run("case", "list", "--json"))["cases"]
        self.issue(self.draw("referral", "--case", case["id"], "--profile", "subjects",
                             "--recipient", "Agency", "--no-pdf"), "issued")


def libraries(program):
    """The files that the loader opens for it, the loader among them."""
    told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    words = (line.split() for line in told.splitlines())
    return [word for line in words for word in line if word.startswith("/")]


class Machine:
    """A root folder of its own, entered without a network."""

    def __init__(self, root, verifier):
        self.root = pathlib.Path(root)
        for file in (verifier, *libraries(verifier)):
            target = self.root / "verify" if file == verifier else self.root / file.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
        namespaces = ["--net"] if os.geteuid() == 0 else ["--net", "--user", "--map-root-user"]
        self.enter = ["unshare", *namespaces, "chroot", str(self.root)]

    def verify(self, *words):
        done = subprocess.run([*self.enter, "/verify", *words], capture_output=True, text=True,
                              timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr


def main(tidewaiter, verifier):
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as root:
        machine = Machine(root, verifier)
        status, _, said = machine.verify("--version")
        if status != 0:
            skip(f"this system lets nobody enter a root folder without a network: {said.strip()}")
        site = CampaignSite(tidewaiter, place)
        shutil.copytree(site.folder / "issued", machine.root / "report")
        key = (site.folder / "state" / "ledger.vkey").read_text().strip()
        (machine.root / "trust.policy").write_text(f"log {key}\nquorum none\n")

        status, out, said = machine.verify("/report", "--policy", "/trust.policy", "--json")
        told = json.loads(out)
        assert status == 0 and told["ok"], (status, out, said)
        assert told["members"] == RINGS * RING, told["members"]
        assert told["report"]["kind"] == "referral", told["report"]

        # A policy that knows no such log, and one byte of the page.
        (machine.root / "none.policy").write_text("quorum none\n")
        status, out, _ = machine.verify("/report", "--policy", "/none.policy", "--json")
        assert status != 0, out
        page = machine.root / "report" / "data" / "report.html"
        page.write_bytes(page.read_bytes().replace(b"iolation", b"iolatiom", 1))
        status, out, _ = machine.verify("/report", "--policy", "/trust.policy", "--json")
        assert status == 21, (status, out)
        faults = [fault["file"] for fault in json.loads(out)["faults"]]
        assert faults == ["data/report.html"], faults
    print(f"a report on {RINGS * RING} accounts holds elsewhere, and a changed byte is named")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
