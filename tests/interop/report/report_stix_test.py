#!/usr/bin/env python3
"""Holds the STIX bundles of reports to the published schemas of STIX 2.1, with ajv, and to what the
schemas cannot say: references that lead somewhere, ids by their rule, nothing that is withheld.

Usage: report_stix_test.py TIDEWAITER SOURCE_DIR NODE PEER_FOLDER. TIDEWAITER_SHARED names the folder
that has `specs/stix/schemas`. Exit status 77: it, or the peer, is not there.
"""

import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import uuid

from drawn_reports import Site, skip, withheld_by_facts

OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")


def validated(node, peer, schemas, bundles):
    """What the schemas have against each bundle, by its name."""
    lines = "".join(json.dumps({"name": name, "bundle": bundle}) + "\n"
                    for name, bundle in bundles.items())
    done = subprocess.run([node, str(pathlib.Path(peer, "validate.mjs")), str(schemas)],
                          input=lines, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        sys.exit("the peer failed:\n" + done.stderr[-2000:])
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {answer["name"]: answer["faults"] for answer in answers}


def broken_ones(bundle):
    """The bundle, each time with one thing wrong that the schemas tell."""
    def first(objects, kind):
        return next(o for o in objects if o["type"] == kind)
    for what, change in (
        ("a report that refers to nothing", lambda o: first(o, "report").update(object_refs=[])),
        ("a note without content", lambda o: first(o, "note").pop("content")),
        ("a time without milliseconds",
         lambda o: first(o, "identity").update(created="2026-10-05T08:00:00Z")),
        ("an account of no id", lambda o: first(o, "user-account").update(id="user-account--1")),
        ("nothing observed", lambda o: first(o, "observed-data").update(number_observed=0)),
        ("a report of no name", lambda o: first(o, "report").pop("name")),
        ("a grouping without context", lambda o: first(o, "grouping").pop("context")),
    ):
        other = copy.deepcopy(bundle)
        change(other["objects"])
        yield what, other


def faults_of(name, bundle):
    """What no schema tells."""
    ids = [one["id"] for one in bundle["objects"]]
    if len(ids) != len(set(ids)):
        yield f"{name}: an id is there twice"
    for one in bundle["objects"]:
        refs = [*one.get("object_refs", []), *one.get("object_marking_refs", [])]
        refs += [one["created_by_ref"]] if "created_by_ref" in one else []
        refs += [one["source_ref"]] if "source_ref" in one else []
        yield from (f"{name}: {one['id']} refers to {ref}" for ref in refs if ref not in ids)
        if one["type"] == "user-account":
            form = json.dumps({"user_id": one["user_id"]}, ensure_ascii=False, separators=(",", ":"))
            if one["id"] != f"user-account--{uuid.uuid5(OBSERVABLES, form)}":
                yield f"{name}: {one['id']} is not the id of {form}"
        elif one["type"] != "marking-definition" and uuid.UUID(one["id"][-36:]).version != 5:
            yield f"{name}: {one['id']} does not follow from a name"


def main():
    tidewaiter, root, node, peer = sys.argv[1:5]
    shared = pathlib.Path(os.environ.get("TIDEWAITER_SHARED", pathlib.Path(root, "..", "shared")))
    schemas = shared / "specs" / "stix" / "schemas"
    if not os.access(node, os.X_OK) or not pathlib.Path(peer, "node_modules", "ajv").exists():
        skip("ajv is not installed; it needs Node.js and npm")
    if not schemas.exists():
        skip(f"there is no {schemas}; set TIDEWAITER_SHARED")
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        site = Site(tidewaiter, folder)
        drawn = {f"subjects {subject}": site.referral(case, "subjects")
                 for subject, case in site.cases.items()}
        case = next(iter(site.cases.values()))
        withheld = withheld_by_facts(site)
        facts = {"facts": site.referral(case, "facts"), "summary": site.summary()}
        for marking in ("TLP:RED", "TLP:AMBER+STRICT", "TLP:GREEN", "TLP:CLEAR"):
            facts[marking] = site.referral(case, "facts", "--handling", marking)
        first = site.issue(facts["facts"], "first")
        facts["supplement"] = site.follow("supplement", first)
        facts["correct"] = site.follow("correct", first, "--handling", "TLP:RED")
        texts = {name: (data / "report.stix.json").read_text(encoding="utf-8")
                 for name, data in {**drawn, **facts}.items()}
    bundles = {name: json.loads(text) for name, text in texts.items()}
    for name in facts:
        # In JSON a name stands with its quotes and backslashes escaped.
        faults += [f"{name}: has `{text}`" for text in withheld
                   if json.dumps(text, ensure_ascii=False)[1:-1] in texts[name]]
    for name, told in validated(node, peer, schemas, bundles).items():
        faults += [f"{name}: {fault}" for fault in told]
        faults += faults_of(name, bundles[name])
    broken = dict(broken_ones(next(bundles[name] for name in drawn)))
    for what, told in validated(node, peer, schemas, broken).items():
        if not told:
            faults.append(f"valid, and should not be: {what}")
    for fault in faults[:40]:
        print(fault)
    print(f"{len(bundles)} bundles valid, {len(broken)} broken ones refused, {len(faults)} faults")
    return 1 if faults or len(bundles) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
