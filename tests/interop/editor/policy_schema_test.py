#!/usr/bin/env python3
"""Holds `tidewaiter policy schema` to policies, with a validator of another house (jsonschema).

Every document of a policy set that ships and every documented example must be valid, each broken
document must not.
Usage: policy_schema_test.py TIDEWAITER SOURCE_DIR. Exit status 77: a module is missing.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2 core types, as an editor reads policies: no dates, no yes and no, no base 60."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    CoreLoader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), list(first))


def documents(text):
    return [d for d in yaml.load_all(text, Loader=CoreLoader) if d is not None]


# What an example of a part leaves out, as tests/unit/language/sample_policy.h has it.
SAMPLE = documents("""
policy: sample
version: 1
title: Many requests
status: active
basis: [{terms: "Usage Policy, section 2"}]
kind: access
severity: low
false_positives: [batch jobs]
window: 24h
measure: {n: count()}
report_when: n > 100
tests: [{name: quiet, given: [{kind: usage, time: 2026-01-01T00:00:00Z}], expect: [{findings: 0}]}]
""")[0]


KINDS = ("policy", "list", "linkage", "exemption", "license", "pack", "logsource_mapping")


def shipped(root):
    folders = ["docs/examples", "policies"]
    for folder in folders:
        for path in sorted((root / folder).rglob("*.yaml")):
            for document in documents(path.read_text(encoding="utf-8")):
                if next(iter(document)) in KINDS:
                    yield str(path.relative_to(root)), document


def documented(root):
    """Blocks of the pages that say that they load."""
    for page, kinds in (
        ("policy-language.md", ("yaml policy", "yaml part")),
        ("diagnostics.md", ("yaml accepted", "yaml accepted whole", "yaml accepted sigma",
                            "yaml accepted sigma mapped", "yaml accepted sigma set")),
        ("sigma.md", ("yaml", "yaml sigma")),
    ):
        text = (root / "docs" / page).read_text(encoding="utf-8")
        for block in re.finditer(r"^```([^\n]*)\n(.*?)^```$", text, re.M | re.S):
            if block.group(1) not in kinds:
                continue
            line = text.count("\n", 0, block.start()) + 1
            for document in documents(block.group(2)):
                first = next(iter(document))
                # `tests: ID` is a document; `tests: [...]` a key of a policy.
                beside = first in KINDS[1:] or first == "tests" and isinstance(document[first], str)
                if block.group(1).find("sigma") >= 0 or beside:
                    yield f"{page}:{line}", document
                    continue
                whole = "policy" in document
                if whole and next(iter(document)) != "policy":
                    continue
                yield f"{page}:{line}", document if whole else {**SAMPLE, **document}


# Each draws an error of `policy lint`; what only an expression's types could tell is not here.
BROKEN = """
{titel: Many requests}
---
{version: "1"}
---
{version: 0}
---
{version: 1.5}
---
{policy: Not-An-Id}
---
{status: live}
---
{kind: misuse}
---
{severity: urgent}
---
{reads: requests}
---
{basis: []}
---
{basis: [{citation: 15 CFR 744}]}
---
{basis: [{terms: a, law: b}]}
---
{basis: [{law: a, settled: maybe}]}
---
{basis: [{terms: a, text_sha256: abc}]}
---
{in_force: [{}]}
---
{in_force: [{from: tomorrow}]}
---
{window: {every: 1h}}
---
{window: {zone: Europe/Berlin}}
---
{window: {calendar: day, length: 24h}}
---
{window: {length: 24 hours}}
---
{window: 24}
---
{for_each: acount}
---
{for_each: []}
---
{select: {}}
---
{select: {a: {modle: x}}}
---
{select: {a: {model|contain: x}}}
---
{reads: account, screen: {fields: [name], lists: [csl], score: 90}}
---
{reads: account, screen: {fields: [name], lists: [csl]}}
---
{reads: account, ownership: {of: [csl], share: ">= 50%", aggregate: sometimes}}
---
{select: {a: {model|: x}}}
---
{select: {a: {model: {b: c}}}}
---
{select: {a: {prompt.sketch|similar: {within: 5}}}}
---
{select: {a: {prompt.sketch|similar: {sketch: 9f86d081884c7d65, within: 65}}}}
---
{select: {a: {prompt.sketch|in: {sketch: 9f86d081884c7d65}}}}
---
{select: {a: []}}
---
{select: {"a b": {model: x}}}
---
{measure: {}}
---
{measure: {n: counts()}}
---
{measure: {n: 5}}
---
{measure: [count()]}
---
{exempt: [{where: {model: a}, until: 2026-12-31, reason: r}]}
---
{exempt: [{where: {model: a}, until: never, approved_by: a, reason: r}]}
---
{respond: [{page: security}]}
---
{evidence: {fields: [tokens]}}
---
{evidence: {records: 1001}}
---
{tests: [{name: a, given: [], expect: [{findings: 0}]}]}
---
{tests: [{name: a, given: a.jsonl}]}
---
{tests: [{name: a, given: a.jsonl, expect: [{finding: 0}]}]}
---
{tests: [{name: a, given: a.jsonl, expect: [{findings: -1}]}]}
---
{tests: [{name: a, given: [{kind: usage}], expect: [{findings: 0}]}]}
---
{tests: [{name: a, given: [{kind: usage, time: 2026-01-01, tokens: 5}], expect: [{findings: 0}]}]}
---
{title: null}
---
{false_positives: {a: b}}
"""

# The least that each other kind of document has.
LEAST = {document_kind: documents(text)[0] for document_kind, text in (
    ("list", "{list: a, title: t, values: [x]}"),
    ("exemption", "{exemption: a, policies: [p], where: {model: m}, until: 2026-12-31, approved_by: l,"
                  " reason: r}"),
    ("license", "{license: a, number: 1, authority: b, in_force: [{from: 2026-01-01}], items: [m]}"),
    ("pack", "{pack: a, title: t, includes: [sample]}"),
    ("logsource_mapping", "{logsource_mapping: a, version: 1, sources: [{logsource: {product: p},"
                          " reads: usage}]}"),
    ("detection", "{title: t, logsource: {product: tidewaiter, service: usage},"
                  " detection: {s: {model: m}, condition: s}}"),
)}

# What is wrong with them: a change, or a key that is taken away.
BROKEN_OTHERS = {
    "list": ({"vlaues": ["x"]}, {"values": "x"}, {"values": [{"valeu": "x"}]}, {"type": "text"},
             {"list": "Not-An-Id"}, {"version": 0}, {"source": {"url": "u"}}, "values", "title"),
    "exemption": ({"unitl": "2026-12-31"}, {"until": "never"}, {"where": {"modle": "m"}},
                  {"policies": []}, "policies", "approved_by", "until", "reason"),
    "license": ({"partys": ["a"]}, {"in_force": [{}]}, {"in_force": [{"til": "2026-12-31"}]},
                {"items": {"modle": "m"}}, "number", "authority", "in_force", "items"),
    "pack": ({"include": ["./"]}, {"includes": []}, {"pack": "Not-An-Id"}, "includes", "title"),
    "logsource_mapping": ({"source": []}, {"version": "one"},
                          {"sources": [{"logsource": {"product": "p"}, "read": "usage"}]},
                          {"sources": [{"logsource": {"product": "p"}, "reads": "requests"}]},
                          {"sources": [{"reads": "usage"}]}, "version", "sources"),
    "detection": ({"level": "urgent"}, {"status": "live"}, {"logsource": {}},
                  {"detection": {"s": {"model": "m"}}}, {"title": None}, "title", "logsource"),
}


def broken_others():
    for kind, changes in BROKEN_OTHERS.items():
        for change in changes:
            least = LEAST[kind]
            if isinstance(change, str):
                yield {k: v for k, v in least.items() if k != change}
            else:
                yield {**least, **change}


# Keys whose absence is an error.
NEEDED = ("policy", "version", "title", "basis", "kind", "severity", "window", "report_when")


def lint_refuses(program, document):
    """Whether `policy lint` finds an error. JSON is YAML: what is dumped is read as it stands.

    A pack stands beside the sample, for it needs something to include.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        json.dump(document, file)
        if "pack" in document:
            file.write("\n---\n")
            json.dump(SAMPLE, file)
        file.flush()
        status = subprocess.run([program, "policy", "lint", file.name], check=False,
                                capture_output=True).returncode
    if status not in (0, 1):
        raise SystemExit(f"policy lint ended with {status}")
    return status == 1


def main():
    program, root = sys.argv[1], pathlib.Path(sys.argv[2])
    schema = json.loads(subprocess.run([program, "policy", "schema"], check=True,
                                       capture_output=True).stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    faults = []
    good = list(shipped(root)) + list(documented(root))
    for place, document in good:
        for error in validator.iter_errors(document):
            faults.append(f"{place}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    broken = [{**SAMPLE, **document} for document in documents(BROKEN)]
    broken += [{k: v for k, v in SAMPLE.items() if k != key} for key in NEEDED]
    broken += broken_others()
    for document in broken:
        if validator.is_valid(document):
            faults.append(f"valid, and should not be: {document}")
        if not lint_refuses(program, document):
            faults.append(f"no error of lint: {document}")
    for least in (SAMPLE, *LEAST.values()):
        if lint_refuses(program, least):
            faults.append(f"lint refuses {least}")
        if not validator.is_valid(least):
            faults.append(f"not valid: {least}")
    for fault in faults:
        print(fault)
    print(f"{len(good)} documents valid, {len(broken)} broken ones refused, {len(faults)} faults")
    return 1 if faults or len(good) < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
