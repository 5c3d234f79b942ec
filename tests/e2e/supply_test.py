"""No policy of the packs passes in silence for want of a source.

supply_test.py PROGRAM PACKS FIELDS: puts each pack in force beside each kind of source, one at a time, and
reads what `status` says of policies that ask for what the source does not give. What it should say is found
without the program's reading of policies: from the YAML, and from what `source fields` says a source gives.
FIELDS is the page that lists all fields of records.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

# Nothing listens there: what is judged is what the configuration says.
NOWHERE = "url: http://127.0.0.1:1/v1, private_addresses: true, token: {env: NOBODY}, since: 2026-01-01"
SOURCES = {
    "openai": f"kind: openai, {NOWHERE}, endpoints: [completions]",
    "openai by the minute": f"kind: openai, {NOWHERE}, endpoints: [completions], bucket: 1m",
    "openai's directory": "kind: openai, record: account, url: http://127.0.0.1:1/v1, private_addresses: true, token: {env: NOBODY}",
    "openai's audit log": f"kind: openai, record: audit, {NOWHERE}",
    "anthropic": f"kind: anthropic, {NOWHERE}, endpoints: [messages]",
    "anthropic's activities": f"kind: anthropic, record: audit, {NOWHERE}",
    "anthropic's analytics": f"kind: anthropic, {NOWHERE}, endpoints: [analytics_usage]",
    "anthropic's profiles": "kind: anthropic, record: account, url: http://127.0.0.1:1/v1, private_addresses: true, token: {env: NOBODY}, endpoints: [user_profiles]",
    "litellm": "kind: litellm, url: http://127.0.0.1:1, private_addresses: true, token: {env: NOBODY}, since: 2026-01-01",
    "langfuse": "kind: langfuse, url: http://127.0.0.1:1, private_addresses: true, token: {env: NOBODY}, account: end_user",
    "openrouter": "kind: openrouter, url: http://127.0.0.1:1, private_addresses: true, token: {env: NOBODY}",
    "newapi": "kind: newapi, url: http://127.0.0.1:1, private_addresses: true, token: {env: NOBODY}, since: 2026-01-01",
    "scim": "kind: scim, url: http://127.0.0.1:1/scim/v2, private_addresses: true, token: {env: NOBODY}",
    "stripe": "kind: stripe, url: http://127.0.0.1:1/v1, private_addresses: true, token: {env: NOBODY}, fingerprint_key: {env: NOBODY}",
    "bods": "kind: bods, path: usage.jsonl, accounts: accounts.csv",
    "ftm": "kind: ftm, path: usage.jsonl, account_in: acme",
    "gateway": "kind: file, path: usage.jsonl, format: jsonl, supplies: [account, model, client.address, client.country]",
    "nothing": None,
    "audit": "kind: file, record: audit, path: audit.jsonl, format: jsonl",
}
WORD = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*")
# How a policy gets by without a field: the first argument of these.
SPARED = re.compile(r"\b(?:exists|default)\(\s*([a-z_.]+)")
ALWAYS = {"time", "duration", "requests", "source", "kind", "id"}
# What counts or weighs by requests, where a source does not tell their number.
BY_REQUESTS = re.compile(r"\b(?:count|entropy|top_share)\(|\brate\(\)|\brequests\b")


class Faults(Exception):
    pass


def tidewaiter(program, folder, *arguments):
    environment = {k: v for k, v in os.environ.items() if k != "TIDEWAITER_CONFIG"} | {"NOBODY": "any"}
    done = subprocess.run([program, *arguments], cwd=folder, env=environment, capture_output=True, text=True,
                          check=False, timeout=120)
    return done.stdout, done.stderr


def policies_of(pack):
    for file in sorted(pack.glob("policies/*.yaml")):
        for document in yaml.safe_load_all(file.read_text()):
            if document and "policy" in document:
                yield document


def fields_asked(policy, known):
    """Words of the policy that are names of fields, and those of them that it gets by without."""
    asked, spared = set(), set()

    def look(node):
        if isinstance(node, dict):
            for key, value in node.items():
                look(str(key))
                look(value)
        elif isinstance(node, list):
            for value in node:
                look(value)
        elif isinstance(node, str):
            text = re.sub(r'"[^"]*"|list:[a-z0-9-]+', " ", node)
            words = [word for word in WORD.findall(text) if word in known]
            asked.update(words)
            mentioned = SPARED.findall(text)
            spared.update(word for word in mentioned if words.count(word) == mentioned.count(word))

    for key in ("select", "measure", "for_each", "exempt"):
        look(policy.get(key))
    return asked - ALWAYS, spared


def linked_by(packs):
    """The fields of the linkage by which the packs' policies about clusters link accounts."""
    for document in yaml.safe_load_all((packs / "linkage.yaml").read_text()):
        if document and "linkage" in document:
            return {link["field"] for link in document["links"]}
    raise Faults("there is no linkage")


def known_fields(page):
    return set(re.findall(r"^\| `([a-z0-9_.]+)` \|", page.read_text(), re.MULTILINE))


def check_pack(pack, told, source, known, linked):
    """Holds what `status` told of one pack's policies against the YAML."""
    for policy in policies_of(pack):
        name, kind = policy["policy"], policy.get("reads", "usage")
        said = told.get(name)
        if kind == "finding":
            if said:
                raise Faults(f"{name}: findings come from no source, but status says {said}")
            continue
        # What Tidewaiter tells of sources over HTTP is for the policies that name it.
        if kind == "audit" and source["over_http"] and "'source': 'tidewaiter'" in str(policy.get("select")):
            if said:
                raise Faults(f"{name} reads what Tidewaiter tells, and status says {said}")
            continue
        if kind != source["record"]:
            if not said or not said["no_source"]:
                raise Faults(f"{name} reads {kind} records, of which there is no source: status says {said}")
            continue
        asked, spared = fields_asked(policy, known)
        given = set(source["fields"]) if source["fields"] is not None else known
        missing = set(said["fields"]) if said else set()
        needed = asked - given - spared
        if not needed <= missing:
            raise Faults(f"{name} asks for {sorted(needed)}, and status says {said}")
        if missing & given or (said and said["no_source"]):
            raise Faults(f"{name}: {sorted(given)} are given, and status says {said}")
        counts = BY_REQUESTS.search(str(policy.get("measure")) + str(policy.get("select")))
        if bool(counts and not source["counts_requests"]) != bool(said and said["uncounted_requests"]):
            raise Faults(f"{name} measures {policy.get('measure')}, and status says {said}")
        links = linked - given if policy.get("for_each") == "cluster" else set()
        if links != set(said["links"] if said else []):
            raise Faults(f"{name} links by {sorted(linked)}, and status says {said}")
        short = re.search(r"duration\|lt': '([0-9]+)m'|duration < ([0-9]+)m", str(policy.get("select")))
        too_long = short and source["bucket"] >= int(short[1] or short[2])
        if bool(too_long) != bool(said and said["never_taken"]):
            raise Faults(f"{name} selects {policy.get('select')}, and status says {said}")
        yield name, bool(said)


def check_source(program, packs, name, text, known):
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        shutil.copytree(packs, folder / "packs")
        for file in folder.glob("packs/*/policies/*.yaml"):
            file.write_text(file.read_text().replace("\nstatus: shadow\n", "\nstatus: active\n"))
        for file in ("usage.jsonl", "audit.jsonl"):
            (folder / file).touch()
        only = f"{{name: only, {text}}}" if text else ""
        (folder / "tidewaiter.yaml").write_text(f"state: state\npolicies: [packs]\nsources: [{only}]\n")
        fields, problem = tidewaiter(program, folder, "source", "fields", "--json")
        if not fields:
            raise Faults(problem)
        source = (json.loads(fields)["sources"] or [{"record": None}])[0]
        text = text or ""
        source["over_http"] = "url:" in text
        by_day = source["record"] == "account" or "kind: openrouter" in text
        minutes = 1 if "bucket: 1m" in text else 24 * 60 if by_day else 60
        source["bucket"] = minutes if re.search("kind: (openai|anthropic|openrouter|scim|stripe|bods|ftm)", text) else 0
        source["counts_requests"] = "[messages]" not in text
        tidewaiter(program, folder, "run", "--once")
        status, problem = tidewaiter(program, folder, "status", "--json")
        if not status:
            raise Faults(problem)
        told = {one["policy"]: one for one in json.loads(status)["unsupplied"]}
        for pack in sorted(packs.iterdir()):
            if pack.is_dir():
                judged = list(check_pack(pack, told, source, known, linked_by(packs)))
                print(f"{name}, {pack.name}: {len(judged)} policies of its records, {sum(told for _, told in judged)} lack something")
        shown, _ = tidewaiter(program, folder, "status")
        for policy in told:
            if not re.search(rf"^not evaluable\s+{re.escape(policy)}:", shown, re.MULTILINE):
                raise Faults(f"status does not show that {policy} is not evaluable:\n{shown}")


def main():
    program, packs, page = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    known = known_fields(page)
    if len(known) < 50:
        sys.exit(f"{page} lists {len(known)} fields only")
    faults = []
    for name, text in SOURCES.items():
        try:
            check_source(program, packs, name, text, known)
        except Faults as fault:
            faults.append(f"{name}: {fault}")
    sys.exit("\n".join(faults) if faults else 0)


main()
