#!/usr/bin/env python3
"""Reads the PDF of reports with programs that others wrote: what it says, and what it must not.

Usage: report_pdf_test.py TIDEWAITER. Exit status 77: WeasyPrint or poppler-utils is missing.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import zlib

from drawn_reports import NAMES, SEALED, ScreeningSite, Site, skip, withheld_by_facts


def output_of(*words):
    return subprocess.run(words, capture_output=True, check=True, timeout=60).stdout.decode("utf-8")


def text_of(pdf):
    return output_of("pdftotext", "-layout", str(pdf), "-")


def layers_of(pdf):
    """The file's bytes, and those of each stream in it, unpacked."""
    data = pdf.read_bytes()
    yield data
    for match in re.finditer(rb"stream\r?\n", data):
        try:
            yield zlib.decompressobj().decompress(data[match.end():])
        except zlib.error:
            continue  # it is not packed, and has been looked at


def forms_of(text):
    """A text as PDF may have it: bytes of UTF-8 and UTF-16, and hexadecimal digits of both."""
    for encoding in ("utf-8", "utf-16-be"):
        form = text.encode(encoding)
        yield from (form, form.hex().encode(), form.hex().upper().encode())


def squeezed(text):
    return re.sub(r"\s+", "", text)


class Check:
    def __init__(self):
        self.faults = []
        self.checks = 0

    def that(self, holds, fault):
        self.checks += 1
        if not holds:
            self.faults.append(fault)

    def lacks(self, pdf, texts):
        """None of the texts in a stream, in the metadata, or among the words of the pages."""
        layers = list(layers_of(pdf))
        self.that(len(layers) > 5, f"{pdf.name}: its streams cannot be read")
        words = squeezed(text_of(pdf))
        for text in texts:
            for form in forms_of(text):
                self.that(not any(form in layer for layer in layers), f"a stream has `{text}`")
            self.that(squeezed(text) not in words, f"a page has `{text}`")


def check_metadata(check, pdf):
    """A title, WeasyPrint's name, and no author, file, path or date beside."""
    info = output_of("pdfinfo", str(pdf))
    keys = {line.split(":")[0] for line in info.splitlines()}
    check.that("Title:           Referral to a government" in info, f"the title: {info}")
    for key in ("Author", "Creator", "Subject", "Keywords", "CreationDate", "ModDate"):
        check.that(key not in keys, f"the metadata have {key}: {info}")
    for layer in layers_of(pdf):
        for word in (b"/home/", b"/tmp/", b"/root", b"/usr/", b"file:", b"/JavaScript", b"/JS ",
                     b"/URI", b"/EmbeddedFile", b"/Launch", b"/OpenAction", b"/AA "):
            check.that(word not in layer, f"the PDF has {word}")


def check_named(check, site):
    """Each account by its name, hostile ones as the letters that they are."""
    for name in NAMES:
        subject = next(s for s in site.cases if squeezed(name)[:9] in squeezed(s.replace("\\", "")))
        drawn = site.referral(site.cases[subject], "subjects")
        check.that("WeasyPrint" not in site.warnings, site.warnings)
        words = text_of(drawn / "report.pdf")
        for part in ("Referral to a government", "potential violation", "test.volume", "n = 3",
                     "TLP:AMBER", "1 of ", "Агентство", "机构"):
            check.that(squeezed(part) in squeezed(words), f"{name}: `{part}` is missing")
        # Of what runs from right to left WeasyPrint 57 draws the right glyphs, and names wrong
        # characters for some of them: docs/reports.md says so.
        letters = {c for c in subject
                   if not c.isspace() and unicodedata.bidirectional(c) not in ("AL", "R")}
        check.that(letters <= set(words), f"{name}: {letters - set(words)} are missing")
        if subject.isascii() and "canary-account" not in subject:
            check.that(squeezed(subject) in squeezed(words), f"`{subject}` is not there as it is")
        check_metadata(check, drawn / "report.pdf")
    check.that(not list(site.folder.rglob("canary-file")), "a name was run by a shell")


def check_statement(check, tidewaiter):
    """A coverage statement with lists, hits and a clearance: what it says, and that it
    names no account."""
    with tempfile.TemporaryDirectory() as folder:
        pdf = ScreeningSite(tidewaiter, folder).statement() / "report.pdf"
        check.lacks(pdf, [*SEALED, *NAMES, "canary-holder-"])
        words = squeezed(text_of(pdf))
        for part in ("List-screening coverage statement", "Аудитор", "own", "written", "The house",
                     "test.listed", "potential violation", "proposed",
                     "none of the fields in which the policy looks for a name has one"):
            check.that(squeezed(part) in words, f"the statement: `{part}` is missing")


def main():
    tidewaiter = sys.argv[1]
    if not shutil.which("pdftotext") or not shutil.which("pdfinfo"):
        skip("there is no pdftotext; install poppler-utils")
    check = Check()
    with tempfile.TemporaryDirectory() as folder:
        site = Site(tidewaiter, folder)
        case = site.cases[next(s for s in site.cases if "canary-account" in s)]
        drawn = site.referral(case, "facts")
        if not (drawn / "report.pdf").exists():
            if "apt install weasyprint" not in site.warnings:
                sys.exit("there is no PDF, and nothing says why:\n" + site.warnings)
            if not (drawn / "report.html").exists():
                sys.exit("there is no page where there is no PDF")
            skip("WeasyPrint is not installed; install weasyprint and fonts-noto-cjk")
        manifest = (drawn.parent / "manifest-sha256.txt").read_text()
        check.that("  data/report.pdf\n" in manifest, "the manifest does not have the PDF")
        check.lacks(drawn / "report.pdf", withheld_by_facts(site))
        check.lacks(site.summary() / "report.pdf", withheld_by_facts(site))
        # The check finds what is there.
        named = site.referral(case, "subjects") / "report.pdf"
        check.that("canary-account-41" in squeezed(text_of(named)),
                   "a name that is let through is not found")
        check.that(any(form in layer for form in forms_of("Referral to a government")
                       for layer in layers_of(named)), "the title is in no stream that is read")
        check_named(check, site)
    check_statement(check, tidewaiter)
    for fault in check.faults[:40]:
        print(fault)
    print(f"{check.checks} checks, {len(check.faults)} faults")
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
