"""The packs that ship are as good as what is asked of them.

packs_test.py PROGRAM PACKS: lints and lays out all packs as one set, runs their tests with coverage and
mutants, and holds them against the bars below. Each pack also loads without the others, ships in shadow,
and has a README whose table names its policies, each with its severity, and no others.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys

NOTICED = 0.9  # share of a pack's mutants that its tests have to notice
PACKS = {
    "capability-exposure",
    "control-failure",
    "distillation",
    "export-control",
    "programme-abuse",
    "sanctions",
    "terms-of-service",
}
# Packs that judge clusters, and so need the linkage that stands beside them.
LINKED = {"distillation", "programme-abuse"}
# What depends on the day on which this runs: exemptions, licences and lists that have expired.
OF_THE_DAY = {"TW0903", "TW0628", "TW0641"}
ROW = re.compile(r"\| `([a-z0-9.-]+)` \|.*\| ([a-z]+) \|")


def tidewaiter(program, *arguments):
    """The exit status, and what was printed on standard output."""
    environment = {k: v for k, v in os.environ.items() if k != "TIDEWAITER_CONFIG"}
    done = subprocess.run(
        [program, *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=False, timeout=600
    )
    return done.returncode, done.stdout


def of_packs(elements):
    """What is told of policies, by pack: the id of each begins with the name of its pack."""
    by_pack = collections.defaultdict(list)
    for element in elements:
        by_pack[element["policy"].split(".")[0]].append(element)
    return by_pack


def told_by_lint(program, *paths):
    status, text = tidewaiter(program, "policy", "lint", "--no-sources", "--alone", "--json", *map(str, paths))
    told = json.loads(text)["diagnostics"]
    for diagnostic in told:
        if diagnostic["code"] not in OF_THE_DAY:
            yield f"{diagnostic['file']}:{diagnostic['line']}: {diagnostic['code']}: {diagnostic['message']}"
    if status and not told:
        yield f"lint ends with {status} and tells nothing"


def lint_faults(program, packs):
    yield from told_by_lint(program, packs)
    status, text = tidewaiter(program, "policy", "fmt", "--check", "--alone", str(packs))
    if status:
        yield f"not laid out:\n{text}"
    for pack in sorted(PACKS):
        for fault in told_by_lint(program, packs / pack, *([packs / "linkage.yaml"] if pack in LINKED else [])):
            yield f"{pack} by itself: {fault}"


def test_faults(told):
    if not told["passed"]:
        for test in told["tests"]:
            if not test["passed"]:
                yield f"{test['policy']}: `{test['test']}`: {'; '.join(test['failures'])}"
    for reason in ("untested", "not_covered", "not_mutated"):
        if told[reason]:
            yield f"{reason}: {told[reason]}"
    if set(of_packs(told["coverage"])) != PACKS:
        yield f"the packs with policies are {sorted(of_packs(told['coverage']))}"
    for policy in told["coverage"]:
        for part in policy["parts"]:
            if part["reached"] < part["wanted"]:
                yield f"{policy['policy']}:{part['line']}: {part['part']} {part['text']} is not tested both ways"
    for pack, policies in sorted(of_packs(told["mutation"]).items()):
        mutants = sum(p["mutants"] for p in policies)
        noticed = sum(p["noticed"] for p in policies)
        print(f"{pack}: {len(policies)} policies, {noticed} of {mutants} mutants noticed")
        if any(p["interrupted"] for p in policies):
            yield f"{pack}: not all mutants were tried"
        if noticed < NOTICED * mutants:
            yield f"{pack}: {noticed} of {mutants} mutants are noticed, less than {NOTICED:.0%}"


def shelf_faults(packs, policies):
    """Faults of where policies stand, in which state, and of what the READMEs say of them."""
    severities = collections.defaultdict(dict)
    for policy in policies:
        pack = policy["id"].split(".")[0]
        severities[pack][policy["id"]] = policy["severity"]
        if packs / pack not in pathlib.Path(policy["file"]).parents:
            yield f"{policy['id']} stands in {policy['file']}"
        if policy["status"] != "shadow":
            yield f"{policy['id']} ships as {policy['status']}"
    for pack in sorted(PACKS):
        rows = dict(
            row.groups()
            for row in map(ROW.match, (packs / pack / "README.md").read_text(encoding="utf-8").splitlines())
            if row
        )
        for name in sorted(severities[pack].keys() | rows.keys()):
            if severities[pack].get(name) != rows.get(name):
                yield (
                    f"{pack}/README.md: `{name}` is {rows.get(name, 'not there')}, "
                    f"in the pack {severities[pack].get(name, 'not there')}"
                )


def main():
    program, packs = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    faults = list(lint_faults(program, packs))
    if not faults:
        _, text = tidewaiter(program, "policy", "test", "--alone", "--coverage", "--mutate", "--json", str(packs))
        faults += test_faults(json.loads(text))
        _, text = tidewaiter(program, "policy", "list", "--json", str(packs))
        faults += shelf_faults(packs, json.loads(text)["policies"])
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
