#!/usr/bin/env python3
"""Has veraPDF validate the PDF of reports as the PDF/A that it claims to be.

Usage: report_pdfa_test.py TIDEWAITER JAVA LIBRARIES. LIBRARIES: a folder of install_java_peer.sh.
Exit status 77: veraPDF, a JDK or WeasyPrint is missing.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from drawn_reports import ScreeningSite, Site, skip

VALIDATOR = Path(__file__).with_name("ValidatePdfA.java")


def verdicts(java, libraries, pdfs):
    """What veraPDF says of each file: (flavour, verdict, broken rules)."""
    command = [java, "-cp", f"{libraries}/*", str(VALIDATOR), *map(str, pdfs)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        sys.exit(f"the validator ended with {done.returncode}:\n{done.stderr}")
    said = {}
    for line in done.stdout.splitlines():
        if line.startswith("  "):
            said[name][2].append(line.strip())
        else:
            name, flavour, verdict = line.rsplit(" ", 2)
            said[name] = (flavour, verdict, [])
    return said


def drawn_pdfs(tidewaiter, folder):
    """A report about each of the accounts, whose names are in many scripts, and one of each other kind."""
    kept = Path(folder) / "pdfs"
    kept.mkdir()
    (Path(folder) / "site").mkdir()
    (Path(folder) / "lists").mkdir()
    site = Site(tidewaiter, Path(folder) / "site")
    first = site.referral(next(iter(site.cases.values())), "facts")
    if not (first / "report.pdf").exists():
        skip("WeasyPrint is not installed; install weasyprint and fonts-noto-cjk")
    drawn = [first, site.summary(), ScreeningSite(tidewaiter, Path(folder) / "lists").statement()]
    drawn += [site.referral(case, "subjects") for case in site.cases.values()]
    for number, report in enumerate(drawn):
        shutil.copyfile(report / "report.pdf", kept / f"{number}.pdf")
    return sorted(kept.iterdir())


def spoil(pdf, folder):
    """The file without its identifier, which ISO 19005-3, 6.1.3 wants: the words are as long."""
    data = pdf.read_bytes()
    spoilt = Path(folder) / "spoilt.pdf"
    spoilt.write_bytes(data.replace(b"/ID ", b"/IX "))
    if spoilt.read_bytes() == data:
        sys.exit("there is no /ID to take away")
    return spoilt


def main():
    tidewaiter, java, libraries = sys.argv[1:]
    if not Path(java).is_file() or not Path(libraries).is_dir():
        skip("there is no veraPDF; it needs Maven and a JDK")
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        pdfs = drawn_pdfs(tidewaiter, folder)
        spoilt = spoil(pdfs[0], folder)
        said = verdicts(java, libraries, [*pdfs, spoilt])
        for pdf in pdfs:
            flavour, verdict, broken = said[str(pdf)]
            if (flavour, verdict) != ("3b", "valid"):
                faults.append(f"{pdf.name}: PDF/A-{flavour} {verdict}: {broken[:5]}")
        _, verdict, broken = said[str(spoilt)]
        if verdict != "invalid" or not any(rule.startswith("6.1.3 ") for rule in broken):
            faults.append(f"a file without an identifier is {verdict}: {broken}")
    for fault in faults:
        print(fault)
    print(f"{len(pdfs)} reports, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
