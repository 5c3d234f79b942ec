#!/usr/bin/env python3
"""Opens exported CSV in LibreOffice: what people wrote stays text, whatever it begins with.

Usage: csv_formulas_test.py TIDEWAITER. Exit status 77: LibreOffice is not installed.
"""

import csv
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from drawn_reports import Site, skip

# Each is 42 to a spreadsheet that computes it, or asks for something outside.
HOSTILE = (
    "=40+2",
    "+40+2",
    "-40+82",
    "@SUM(40;2)",
    "\t=40+2",
    "\r=40+2",
    '=HYPERLINK("http://127.0.0.1:9/canary";"42")',
    '=WEBSERVICE("http://127.0.0.1:9/canary")',
    "=cmd|'/c touch canary'!A1",
    'a","=40+2',
    "a\n=40+2",
)
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
FILTER = "CSV:44,34,76,1"  # commas, quotes, UTF-8, from the first line on


def opened(office, folder, file):
    """What LibreOffice makes of a CSV: the cells' texts, and the formulas among them."""
    done = subprocess.run(
        [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore",
         f"--infilter={FILTER}", "--convert-to", "fods", "--outdir", str(folder), str(file)],
        capture_output=True, text=True, timeout=300, check=False)
    sheet = folder / (file.stem + ".fods")
    if done.returncode != 0 or not sheet.is_file():
        raise SystemExit(f"LibreOffice did not convert {file.name}: {done.stdout}{done.stderr}")
    cells = list(ElementTree.parse(sheet).iter(f"{{{TABLE}}}table-cell"))
    texts = ["\n".join("".join(part.itertext()) for part in cell.iter(f"{{{TEXT}}}p"))
             for cell in cells]
    formulas = [cell.get(f"{{{TABLE}}}formula") for cell in cells if cell.get(f"{{{TABLE}}}formula")]
    numbers = [cell.get(f"{{{OFFICE}}}value") for cell in cells
               if cell.get(f"{{{OFFICE}}}value-type") == "float"]
    return texts, formulas, numbers


def main():
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        skip("LibreOffice (soffice) is not installed")
    faults = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "site").mkdir()
        # That it can fail: the same words as they are, not as they are exported.
        raw = folder / "raw.csv"
        with raw.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([word] for word in HOSTILE)
        _, formulas, numbers = opened(office, folder, raw)
        if not formulas or "42" not in numbers:
            raise SystemExit(f"LibreOffice computed nothing of what is a formula: {formulas}, {numbers}")
        site = Site(sys.argv[1], folder / "site")
        case = next(iter(site.cases.values()))
        for word in HOSTILE:
            site.run("case", "comment", case, "--as", "jo", "--", word)
        site.run("case", "export", case, "--to", "out", "--as", "jo")
        for file in sorted((folder / "site" / "out").glob("*.csv")):
            texts, formulas, numbers = opened(office, folder, file)
            if formulas:
                faults.append(f"{file.name}: cells that are formulas: {formulas}")
            if "42" in numbers:
                faults.append(f"{file.name}: a cell was computed")
            if file.name != "acts.csv":
                continue
            whole = "\n".join(texts)
            for word in HOSTILE[:4]:
                if word not in whole:
                    faults.append(f"{file.name}: `{word}` is not there as it was written")
        if list(folder.rglob("canary*")):
            faults.append("a cell ran a command")
    for fault in faults:
        print(fault)
    print(f"{len(HOSTILE)} cells that would be formulas, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
