#!/usr/bin/env python3
"""Holds `report.json` to its schema, docs/schema/report.schema.json, by a validator of another house.

Usage: report_schema_test.py TIDEWAITER SOURCE_DIR. Exit status 77: a module is missing.
"""

import copy
import json
import pathlib
import sys
import tempfile

try:
    import jsonschema
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

from drawn_reports import LISTED, NAMES, RING_DAYS, RingSite, ScreeningSite, Site


def broken_ones(report):
    """The report, each time with one thing wrong."""
    for key in report:
        yield f"without {key}", {k: v for k, v in report.items() if k != key}
    for what, change in (
        ("another format", lambda r: r.update(format="tidewaiter.report/v0")),
        ("a key too many", lambda r: r.update(more=1)),
        ("a marking that there is not", lambda r: r.update(handling="TLP:WHITE")),
        ("a finding of no standing", lambda r: r["findings"][0].pop("standing")),
        ("a figure that is a number", lambda r: r["findings"][0]["figures"][0].update(value=4)),
        ("a deadline without days", lambda r: r.update(deadline={"rule": "ofac-report"})),
        ("an element in no state", lambda r: r["elements"][0].update(state="perhaps")),
    ):
        other = copy.deepcopy(report)
        change(other)
        yield what, other


def broken_statements(statement):
    """A coverage statement, each time with one thing wrong in what it says of lists."""
    for what, change in (
        ("a list without issues", lambda s: s["lists"][0].pop("issues")),
        ("an issue of no digest", lambda s: s["lists"][0]["issues"][0].update(parties="0")),
        ("an issue of minus one entry", lambda s: s["lists"][0]["issues"][0].update(count=-1)),
        ("a policy that screened nothing", lambda s: s["screens"][0].pop("records")),
        ("a clearance by nobody", lambda s: s["clearances"][0].pop("by")),
        ("what was not screened, without why", lambda s: s["unscreened"][0].pop("why")),
        ("a key too many", lambda s: s.update(more=1)),
    ):
        other = copy.deepcopy(statement)
        change(other["screening"])
        yield what, other


def check_content(statement):
    """What the schema cannot say: that the statement is one with lists, hits and a clearance."""
    told = statement["screening"]
    for holds, fault in (
        ([one["list"] for one in told["lists"]] == ["own", "written"], "the lists"),
        (told["lists"][0]["issues"][0]["count"] == len(LISTED), "the parties of the list"),
        (told["lists"][0]["issues"][0]["unreadable"] == 1, "the row that is none"),
        (told["screens"][0]["names"] == len(LISTED) + len(NAMES), "the names"),
        (told["screens"][0]["nameless"] == 1, "who has no name"),
        ([one["state"] for one in told["clearances"]] == ["proposed"], "the clearance"),
        (len(statement["findings"]) == len(LISTED), "the findings"),
        (not any("How old a list was" in one for one in statement["limits"]), "the limits"),
    ):
        if not holds:
            yield f"{statement['kind']}: {fault}: {json.dumps(told)[:500]}"


def check_lists(report):
    """How old the lists were, of a report about an account that hits one of them."""
    lists = report["findings"][0]["lists"]
    for holds, fault in (
        ([one["list"] for one in lists] == ["own", "written"], "the lists"),
        (lists[0]["days"] == 0 and not lists[0]["stale"] and lists[0]["issue"], "the fetched list"),
        (lists[1]["retrieved"] == "2026-09-01T00:00:00Z" and lists[1]["written"], "its own list"),
        (lists[1]["days"] > 0, "the age of its own list"),
    ):
        if not holds:
            yield f"lists of a finding: {fault}: {lists}"


def check_ring(named, numbered, summary):
    """What a report about a cluster says of its accounts and their usage, by hand."""
    usual = named["usual"]["figures"][0]
    last = next(one for one in usual["days"] if one["day"] == f"2026-10-{RING_DAYS:02d}")
    names = [one["name"] for one in named["members"]["members"]]
    for holds, fault in (
        (names == ["gateway/r-a", "gateway/r-b", "gateway/r-c"], "the accounts"),
        ([one["requests"] for one in named["members"]["members"]]
         == [sum(range(1, RING_DAYS + 1))] * 2 + [RING_DAYS], "their requests"),
        ([one["name"] for one in numbered["members"]["members"]]
         == ["account 1", "account 2", "account 3"], "the numbers"),
        # Nine days of 2, 4, … 18 before it, the first of which no source has told of whole.
        (usual["compared_days"] == RING_DAYS - 2, "the days before"),
        (last["amount"] == 3 * RING_DAYS, "the requests of the last day"),
        (last["usual"] == {"low": 4, "median": 10, "high": 18}, "what is usual"),
        (all(one["peers"] is None for one in usual["days"]), "peers where there are none"),
        (summary["clusters"]["changes"]
         == {"formed": 1, "merged": 0, "split": 0, "dissolved": 0}, "the changes"),
        (summary["clusters"]["sizes"] == [3] and summary["clusters"]["cases"] == 1, "the sizes"),
        (named["clusters"] is None and summary["members"] is None, "what is of another kind"),
    ):
        if not holds:
            yield f"ring: {fault}: {json.dumps([usual, named['members'], summary['clusters']])}"


def main():
    tidewaiter, root = sys.argv[1:3]
    schema = json.loads(pathlib.Path(root, "docs/schema/report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        site = Site(tidewaiter, folder)
        case = next(iter(site.cases.values()))
        drawn = [site.referral(case, "facts"), site.referral(case, "subjects"), site.summary(),
                 site.statement()]
        first = site.issue(drawn[0], "first")
        drawn += [site.follow("supplement", first), site.follow("correct", first)]
        reports = [json.loads((one / "report.json").read_text(encoding="utf-8")) for one in drawn]
    with tempfile.TemporaryDirectory() as folder:
        site = ScreeningSite(tidewaiter, folder)
        statements = [json.loads((site.statement(kind) / "report.json").read_text(encoding="utf-8"))
                      for kind in ("screening-coverage", "screening-coverage-government")]
        listed = json.loads((site.referral() / "report.json").read_text(encoding="utf-8"))
        faults += check_lists(listed)
    with tempfile.TemporaryDirectory() as folder:
        site = RingSite(tidewaiter, folder)
        ring = [json.loads((one / "report.json").read_text(encoding="utf-8"))
                for one in (site.referral("subjects"), site.referral("facts"), site.summary())]
        faults += check_ring(*ring)
    for statement in statements:
        faults += check_content(statement)
    if not all(any("How old a list was" in one for one in report["limits"])
               for report in reports if report["screening"] is None):
        faults.append("a report without lists does not say where their age is told")
    reports += [*statements, listed, *ring]
    for report in reports:
        for error in validator.iter_errors(report):
            faults.append(f"{report['kind']}: {list(error.absolute_path)}: {error.message[:200]}")
    broken = list(broken_ones(reports[0]))
    for what, change in (("a digest that is none", {"manifest": "0"}), ("no reason", {"why": ""}),
                         ("neither of the two", {"as": "replaces"})):
        other = copy.deepcopy(next(r for r in reports if r["follows"]))
        other["follows"].update(change)
        broken.append((what, other))
    broken += broken_statements(statements[0])
    faults += [f"valid, and should not be: {what}" for what, one in broken if validator.is_valid(one)]
    for fault in faults:
        print(fault)
    print(f"{len(reports)} reports valid, {len(broken)} broken ones refused, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
