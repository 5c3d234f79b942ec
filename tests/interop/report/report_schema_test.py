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

from drawn_reports import Site


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
    for report in reports:
        for error in validator.iter_errors(report):
            faults.append(f"{report['kind']}: {list(error.absolute_path)}: {error.message[:200]}")
    broken = list(broken_ones(reports[0]))
    for what, change in (("a digest that is none", {"manifest": "0"}), ("no reason", {"why": ""}),
                         ("neither of the two", {"as": "replaces"})):
        other = copy.deepcopy(reports[-1])
        other["follows"].update(change)
        broken.append((what, other))
    faults += [f"valid, and should not be: {what}" for what, one in broken if validator.is_valid(one)]
    for fault in faults:
        print(fault)
    print(f"{len(reports)} reports valid, {len(broken)} broken ones refused, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
