#!/usr/bin/env python3
"""Reports that were corrected, supplemented and withdrawn, by both verifiers: the program's, over the
folders that went out, and the second one, over the log in them.

Usage: report_standing_test.py TIDEWAITER TIDEWAITER_VERIFY
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from drawn_reports import Site

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "ledger"))
from second_verifier import verify  # noqa: E402


def main():
    tidewaiter, verifier = sys.argv[1:3]
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        site = Site(tidewaiter, folder)
        key = (site.folder / "state" / "ledger.vkey").read_text().strip()
        case = next(iter(site.cases.values()))
        first = site.issue(site.referral(case, "facts", "--no-pdf"), "first")
        second = site.issue(site.follow("correct", first), "second")
        site.run("report", "withdraw", second, "--reason", "Wrong", "--as", "li-wei")
        for who in ("ada", "cy"):
            site.run("report", "approve", second, "--reason", "So it is", "--as", who)
        third = site.issue(site.follow("supplement", first), "third")
        for report, again in ((first, "first-again"), (second, "second-again")):
            site.run("report", "issue", report, "--to", again, "--as", "li-wei")
        told = {}
        for name in ("first", "second", "third", "first-again", "second-again"):
            done = subprocess.run([verifier, str(site.folder / name), "--key", key, "--json"],
                                  capture_output=True, text=True, timeout=60, check=False)
            told[name] = json.loads(done.stdout)
            if done.returncode != 0:
                faults.append(f"{name}: {done.stdout}")
            status, why = verify(site.folder / name / "log", key)
            if status != 0:
                faults.append(f"{name}: the second verifier says {status}, {why}")
        expected = [
            ("second", "follows", first), ("third", "follows", first), ("first", "follows", None),
            ("first-again", "followers", [(third, "supplements")]),
            ("first", "followers", []), ("second", "withdrawn", None),
            ("second-again", "withdrawn", "li-wei")]
        for name, what, value in expected:
            got = told[name]["report"][what]
            if what == "follows" and got:
                got = got["report"]
            if what == "withdrawn" and got:
                got = got["by"]
            if what == "followers":
                got = [(one["report"], one["as"]) for one in got]
            if got != value:
                faults.append(f"{name}: {what} is {got}, expected {value}")
    for fault in faults:
        print(fault)
    print(f"{len(told)} folders, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
