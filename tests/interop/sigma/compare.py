#!/usr/bin/env python3
"""Compares `tidewaiter policy sigma` with a second engine, over every public rule and event.

The second engine is pySigma, the reference implementation of Sigma, with its SQLite backend: each
rule becomes a query over a table with a row an event. Where the two differ, the difference must be
one that EXPLAINED lists with its reason; a reason that no longer applies fails the test, too.

Usage: compare.py PROGRAM, by a Python that has pysigma and pysigma-backend-sqlite. Needs
TIDEWAITER_SHARED. Exits with 77 (skipped), saying what is missing, where either is not there.
"""

import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

SKIPPED = 77


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(SKIPPED)


try:
    from sigma.backends.sqlite import sqliteBackend
    from sigma.collection import SigmaCollection
    from sigma.exceptions import SigmaError
except ImportError:
    skip("pysigma and pysigma-backend-sqlite are not installed")

# Rule id -> (matches of ours alone, matches of theirs alone, reason).
EXPLAINED = {}


def run_ours(program, rules, events):
    answer = subprocess.run(
        [program, "policy", "sigma", str(rules), "--events", str(events), "--json"],
        stdout=subprocess.PIPE, check=False)
    document = json.loads(answer.stdout)
    refused = {d["file"] for d in document["diagnostics"] if d["level"] == "error"}
    matches = {}
    for match in document["events"]["matches"]:
        if not match["correlation"]:
            lines = {int(place.rsplit(":", 1)[1]) for place in match["at"]}
            matches[pathlib.Path(match["file"])] = lines
    return refused, matches


def flat_paths(value, path, fields):
    """Other JSON: paths with dots. Lists would need several values in one row."""
    for name, child in value.items():
        name = f"{path}.{name}" if path else name
        if isinstance(child, dict):
            flat_paths(child, name, fields)
        else:
            fields[name] = child


def flat(event):
    """A Windows event's fields, by the rules specification's words."""
    fields = {}
    if "Event" not in event:
        flat_paths(event, "", fields)
        return {name: str(value).lower() if isinstance(value, bool) else value
                for name, value in fields.items()}

    def add(name, value):
        if isinstance(value, list):
            for item in value:
                add(name, item)
        elif isinstance(value, dict):
            for key, child in value.items():
                if key == "#text":
                    add(name, child)
                elif key == "#attributes":
                    for attribute, text in child.items():
                        fields[f"{name}_{attribute}"] = text
                else:
                    add(key, child)
        elif isinstance(value, bool):
            fields[name] = "true" if value else "false"
        else:
            fields[name] = value

    for part in ("System", "EventData", "UserData"):
        for name, value in (event["Event"].get(part) or {}).items():
            if name != "#attributes":
                add(name, value)
    return fields


def one_spelling(events):
    """The events whose fields SQLite can tell apart: it knows names without case only, and one
    value a field."""
    spelled, kept = {}, []
    for event in events:
        fields = flat(event)
        if all(spelled.setdefault(name.lower(), name) == name and not isinstance(value, list)
               for name, value in fields.items()):
            kept.append(event)
    return kept


def host_events(folder):
    """Every 101st event of the recorded attacks."""
    events = []
    for file in sorted(folder.glob("*.jsonl.zst")):
        content = subprocess.run(["zstd", "-dc", "--long=27", str(file)], stdout=subprocess.PIPE,
                                 check=True).stdout
        for line in [line for line in content.split(b"\n") if line.strip()][::101]:
            try:
                events.append(json.loads(line.decode("utf-8")))
            except ValueError:
                pass  # not JSON in UTF-8: no event for either engine
    return events


def make_table(rows):
    database = sqlite3.connect(":memory:")
    database.create_function(
        "REGEXP", 2,
        lambda pattern, text: text is not None and re.search(pattern, str(text)) is not None)
    columns = sorted({name for row in rows for name in row})
    quoted = ", ".join(f'"{name}" TEXT COLLATE NOCASE' for name in columns)
    database.execute(f"CREATE TABLE logs (line INTEGER, {quoted})")
    for number, row in enumerate(rows, 1):
        values = [row.get(name) for name in columns]
        marks = ", ".join("?" * (len(values) + 1))
        database.execute(f"INSERT INTO logs VALUES ({marks})", [number, *values])
    return database


def run_query(database, query):
    query = query.replace("SELECT *", "SELECT line", 1)
    while True:
        try:
            return {line for (line,) in database.execute(query)}
        except sqlite3.OperationalError as error:
            missing = re.fullmatch(r"no such column: (.*)", str(error))
            if not missing:
                raise
            name = missing.group(1).strip('"')
            database.execute(f'ALTER TABLE logs ADD COLUMN "{name}" TEXT COLLATE NOCASE')


def run_theirs(files, database):
    backend = sqliteBackend()
    matches, unable = {}, {}
    for file in files:
        try:
            queries = backend.convert(SigmaCollection.from_yaml(file.read_text(encoding="utf-8")))
            lines = set()
            for query in queries:
                lines |= run_query(database, query)
            matches[file] = lines
        except (SigmaError, NotImplementedError, sqlite3.Error, TypeError) as error:
            unable[file] = f"{type(error).__name__}: {error}"
    return matches, unable


def rule_id(file):
    found = re.search(r"^id:\s*(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else file.name


def compare(files, ours, theirs):
    """What differs, by rule id."""
    differences = {}
    for file in files:
        mine, other = ours.get(file, set()), theirs[file]
        if mine != other:
            differences[rule_id(file)] = (len(mine - other), len(other - mine), file)
    return differences


def judge(differences):
    wrong = 0
    for rule, (mine, other, file) in sorted(differences.items()):
        explained = EXPLAINED.get(rule)
        same = explained is not None and explained[:2] == (mine, other)
        wrong += not same
        print(f"{'explained' if same else 'DIFFERS'}: {file.name}: {mine} of ours alone, {other} "
              f"of theirs alone{': ' + explained[2] if same else ''}")
    for rule in set(EXPLAINED) - set(differences):
        wrong += 1
        print(f"DIFFERS NO MORE: {rule}: take it out of the list")
    return wrong


def main():
    shared = os.environ.get("TIDEWAITER_SHARED")
    if not shared:
        skip("TIDEWAITER_SHARED is not set")
    data = pathlib.Path(shared) / "data" / "rules" / "sigma"
    with tempfile.TemporaryDirectory() as folder:
        rules, events = pathlib.Path(folder) / "rules", pathlib.Path(folder) / "events.jsonl"
        rules.mkdir()
        archive = subprocess.run(["zstd", "-dc", str(data / "rules.tar.zst")],
                                 stdout=subprocess.PIPE, check=True).stdout
        subprocess.run(["tar", "-x", "-C", str(rules)], input=archive, check=True)
        lines = subprocess.run(["zstd", "-dc", str(data / "regression_events.jsonl.zst")],
                               stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
        all_events = one_spelling([json.loads(line)["event"] for line in lines] +
                                  host_events(data.parent / "otrf"))
        events.write_text("".join(json.dumps(event) + "\n" for event in all_events))
        refused, ours = run_ours(sys.argv[1], rules, events)
        files = sorted(file for file in rules.rglob("*.yml") if str(file) not in refused)
        theirs, unable = run_theirs(files, make_table([flat(event) for event in all_events]))
        both = [file for file in files if file in theirs]
        reasons = {}
        for file, why in unable.items():
            reasons.setdefault(why.split(":")[0], []).append(file.name)
        print(f"{len(files)} rules load here, {len(both)} there, {len(all_events)} events, "
              f"{sum(len(theirs[file]) for file in both)} matches there, "
              f"{sum(len(ours.get(file, ())) for file in both)} here")
        for why, names in sorted(reasons.items()):
            print(f"not there: {len(names)} rules: {why}, such as {names[0]}")
        sys.exit(1 if judge(compare(both, ours, theirs)) else 0)


if __name__ == "__main__":
    main()
