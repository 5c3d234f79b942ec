"""From a register of ownership to findings, through the daemon's programs.

owners_test.py PROGRAM: accounts of which a listed party has 49, 50 and 51 percent, directly and through
chains, a range, a share that nobody states, an owner whom nobody names, an interest that has ended, and one
that no statement is about. What is reported, what cannot be told and what is neither is worked out by hand.
"""

import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

POLICY = """\
policy: half-owned
version: 1
title: Listed parties own half
status: active
basis: [{control: c}]
kind: sanctions
severity: high
false_positives: [a namesake]
reads: account
for_each: account
ownership: {of: [list:blocked], share: ">= 50%", aggregate: true, unknown: not-evaluable}
evidence: {fields: [time, account, owners, owners.share, owners.of], records: 5}
---
list: blocked
title: Blocked parties
values: [Example Blocked Company, {value: Example Blocked Person, aliases: [E. B. Person]}]
"""
CANARY = "c4n4ry"
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
LONG_AGO = str(TODAY - datetime.timedelta(days=400))
ENDED = str(TODAY - datetime.timedelta(days=30))

# Of each account what it is owned by: (owner, share or interests, of what), and what is to come of it.
FOUND, NOT_TOLD, NEITHER = "found", "not told", "neither"
ACCOUNTS = {
    "direct-49": ([("blocked", {"exact": 49})], NEITHER),
    "direct-50": ([("blocked", {"exact": 50})], FOUND),
    "direct-51": ([("blocked", {"exact": 51})], FOUND),
    "two-together": ([("blocked", {"exact": 25}), ("person", {"exact": 25}), ("other", {"exact": 50})], FOUND),
    "chain-50-50": ([("mid", {"exact": 50}), ("blocked", {"exact": 50}, "mid")], FOUND),
    "chain-50-49": ([("mid", {"exact": 50}), ("blocked", {"exact": 49}, "mid")], NEITHER),
    "chain-49-100": ([("mid", {"exact": 49}), ("blocked", {"exact": 100}, "mid")], NEITHER),
    "chain-of-three": ([("mid", {"exact": 51}), ("top", {"exact": 60}, "mid"), ("person", {"exact": 70}, "top")], FOUND),
    "ring": ([("mid", {"exact": 60}), ("top", {"exact": 60}, "mid"), ("mid", {"exact": 60}, "top")], NEITHER),
    "range-above": ([("blocked", {"exclusiveMinimum": 50, "maximum": 75})], FOUND),
    "range-across": ([("blocked", {"minimum": 25, "maximum": 50})], NOT_TOLD),
    "share-unknown": ([("blocked", {})], NOT_TOLD),
    "share-unknown-of-others": ([("other", {}), ("blocked", {"exact": 10})], NEITHER),
    "somebody": ([(None, {"exact": 60})], NOT_TOLD),
    "ended": ([("blocked", {"exact": 100}, None, ENDED), ("other", {"exact": 100})], NEITHER),
    "another-name": ([("renamed", {"exact": 60})], FOUND),
    "not-in-the-files": (None, NOT_TOLD),
}
# Found on the days before it ended, if they are told of.
FOUND_BEFORE = {"ended"}
NAMES = {"blocked": "EXAMPLE BLOCKED COMPANY", "person": "E. B. Person", "other": "Somebody Else", "mid": "Mid Holding", "top": "Top Holding", "renamed": "New Name Trading"}
# By which nobody would know the first: a list has it by another of its names.
OTHER_NAMES = {"renamed": ["Example Blocked Company"]}


def statement(record, kind, details):
    return {"statementId": f"st-{record}".ljust(32, "0"), "statementDate": LONG_AGO, "recordId": record, "recordType": kind,
            "recordStatus": "new", "recordDetails": {"isComponent": False, **details}, "annotations": [{"description": CANARY}]}


def bods():
    for account, (owners, _) in ACCOUNTS.items():
        if owners is None:
            continue
        mine = lambda party: f"{account}.{party}" if party else account
        yield statement(account, "entity", {"entityType": {"type": "registeredEntity"}, "name": f"Account {account}", "identifiers": [{"scheme": "XI-LEI", "id": account}]})
        for party in {owner[0] for owner in owners if owner[0]}:
            if party in ("person",):
                yield statement(mine(party), "person", {"personType": "knownPerson", "names": [{"type": "legal", "fullName": NAMES[party]}], "birthDate": "1970-01-01", "placeOfBirth": {"address": CANARY}})
            else:
                yield statement(mine(party), "entity", {"entityType": {"type": "registeredEntity"}, "name": NAMES[party], "alternateNames": OTHER_NAMES.get(party, [])})
        for i, owner in enumerate(owners):
            interest = {"type": "shareholding", "directOrIndirect": "direct", "share": owner[1], "details": CANARY}
            if len(owner) > 3:
                interest["endDate"] = owner[3]
            party = mine(owner[0]) if owner[0] else {"reason": "unknown"}
            yield statement(f"{account}.r{i}", "relationship", {"subject": mine(owner[2] if len(owner) > 2 else None), "interestedParty": party, "interests": [interest]})


def percentage(share):
    if "exact" in share:
        return [f"{share['exact']}%"]
    if "minimum" in share:
        return [f"{share['minimum']}-{share['maximum']}"]
    return [f">{share['exclusiveMinimum']}"] if "exclusiveMinimum" in share else []


def ftm():
    for account, (owners, _) in ACCOUNTS.items():
        if owners is None:
            continue
        mine = lambda party: f"{account}.{party}" if party else account
        yield {"id": account, "schema": "Company", "properties": {"name": [f"Account {account}"], "leiCode": [account], "address": [CANARY]}}
        for party in {owner[0] for owner in owners if owner[0]}:
            yield {"id": mine(party), "schema": "Person" if party == "person" else "LegalEntity", "properties": {"name": [NAMES[party]], "alias": OTHER_NAMES.get(party, []), "birthDate": [CANARY]}}
        for i, owner in enumerate(owners):
            properties = {"owner": [mine(owner[0] or "nobody")], "asset": [mine(owner[2] if len(owner) > 2 else None)], "percentage": percentage(owner[1]), "summary": [CANARY]}
            if len(owner) > 3:
                day = datetime.date.fromisoformat(owner[3]) - datetime.timedelta(days=1)
                properties["endDate"] = [str(day)]  # the last day, as FollowTheMoney has it
            yield {"id": f"{account}.r{i}", "schema": "Ownership", "properties": properties}


def tidewaiter(program, folder, *arguments, status=(0,)):
    environment = {k: v for k, v in os.environ.items() if k != "TIDEWAITER_CONFIG"}
    done = subprocess.run([program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode not in status:
        sys.exit(f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def judged(program, folder):
    """The accounts that are reported, and how many records could not be told."""
    findings = json.loads(tidewaiter(program, folder, "finding", "list", "--json"))["findings"]
    found = {one["subject"].split("/")[-1] for one in findings if one["state"] == "potential"}
    coverage = json.loads(tidewaiter(program, folder, "status", "--json"))["coverage"]
    return found, next(one for one in coverage if one["policy"] == "half-owned")


def check(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got}, expected {wanted}")


def run(program, kind, text, since):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        (folder / "policies").mkdir()
        (folder / "policies" / "half.yaml").write_text(POLICY)
        (folder / "register.json").write_text(text)
        (folder / "accounts.csv").write_text("account,identifier\n" + "".join(f"{a},lei:{a}\n" for a in ACCOUNTS))
        (folder / "tidewaiter.yaml").write_text(
            "state: state\npolicies: [policies]\nsources:\n"
            f"  - {{name: reg, kind: {kind}, path: register.json, accounts: accounts.csv, names_of: gw{since}}}\n"
            "  - {name: gw, kind: file, record: account, path: gw.jsonl}\n")
        (folder / "gw.jsonl").touch()
        old = datetime.datetime.now().timestamp() - 86400 * 2
        os.utime(folder / "register.json", (old, old))
        print(tidewaiter(program, folder, "source", "check", "reg").strip())
        tidewaiter(program, folder, "init", status=(0, 1, 2))
        ran = json.loads(tidewaiter(program, folder, "run", "--once", "--json", status=(0, 1, 3, 4, 5)))
        check(f"{kind}: failures", ran["failures"], [])
        found, coverage = judged(program, folder)
        wanted = {a for a, (_, outcome) in ACCOUNTS.items() if outcome == FOUND} | (FOUND_BEFORE if since else set())
        check(f"{kind}: found", found, wanted)
        untold = sum(outcome == NOT_TOLD for _, outcome in ACCOUNTS.values())
        if not since:
            check(f"{kind}: not told", coverage["records_unknown"], untold)
            check(f"{kind}: records", coverage["records_read"], len(ACCOUNTS))
        quarantine = tidewaiter(program, folder, "status", "--json")
        source = next(one for one in json.loads(quarantine)["sources"] if one["name"] == "reg")
        check(f"{kind}: quarantined", source["quarantined"], 1)
        for file in (folder / "state").rglob("*"):
            if file.is_file() and CANARY.encode() in file.read_bytes():
                sys.exit(f"{kind}: what nobody asked for stands in {file.name}")
        # Nothing new on the same day, and a correction of the register is one of the finding.
        again = json.loads(tidewaiter(program, folder, "run", "--once", "--json", status=(0, 1, 3, 4, 5)))
        check(f"{kind}: again", again["added"], 0)
        print(f"{kind}{since}: {len(found)} found, {coverage['records_unknown']} cannot be told")


def main():
    program = sys.argv[1]
    run(program, "bods", json.dumps(list(bods()), indent=1), "")
    run(program, "bods", "".join(json.dumps(one) + "\n" for one in bods()), f", since: {TODAY - datetime.timedelta(days=60)}")
    run(program, "ftm", "".join(json.dumps(one) + "\n" for one in ftm()), "")


main()
