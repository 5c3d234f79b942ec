#!/usr/bin/env python3
"""Replays the console blocks of a page: each command in turn, in one new folder, and compares what it
prints with what the page shows below it.

Usage: replay_page.py PAGE SOURCE_DIR PROGRAM_DIR[:PROGRAM_DIR] [--write]

In a block ```console a line that begins with "$ " is a command, lines that begin with "> " go on with
it, and the lines up to the next command are what it prints, on both streams. The folder is shown as
/home/ada/tutorial. What must differ from run to run is replaced on either side before the comparison
(VARIABLE): nothing else may differ. --write puts what the commands print into the page.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SHOWN_FOLDER = "/home/ada/tutorial"

VARIABLE = [
    (re.compile(r"\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}"), "VERIFIER-KEY"),
    (re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}="), "ROOT"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "HASH-12"),
    (re.compile(r"^[0-9a-f]{8}  ", re.M), "ID-8      "),
    (re.compile(r"\b[\d,]+/s\b"), "RATE/s"),
    (re.compile(r"\b[\d,.]+ (?:ns|µs|ms|s) a record\b"), "COST a record"),
    (re.compile(r"\b[\d,.]+ (?:B|KiB|MiB) of state\b"), "SIZE of state"),
    (re.compile(r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\b"), "NOW"),
]


def steady(text):
    for pattern, word in VARIABLE:
        text = pattern.sub(word, text)
    return text


def blocks(lines):
    """(first line, line after the last) of the inside of each console block."""
    start = None
    for number, line in enumerate(lines):
        if start is None and line == "```console":
            start = number + 1
        elif start is not None and line == "```":
            yield start, number
            start = None
    if start is not None:
        sys.exit(f"a console block at line {start} has no end")


def steps(lines, start, end):
    """(place, command lines, output lines) for each command of a block."""
    found = []
    for place in range(start, end):
        line = lines[place]
        if line.startswith("$ "):
            found.append((place + 1, [line], []))
        elif line.startswith("> ") and found and not found[-1][2]:
            found[-1][1].append(line)
        elif found:
            found[-1][2].append(line)
        else:
            sys.exit(f"a console block begins with output: {line}")
    return found


def run(command, folder, environment):
    script = "\n".join(line[2:] for line in command)
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    printed = done.stdout.replace(str(folder), SHOWN_FOLDER)
    return printed.rstrip("\n").split("\n") if printed.strip() else []


def main():
    page, source = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
    programs = [pathlib.Path(a).resolve() for a in sys.argv[3].split(":")]
    write = "--write" in sys.argv[4:]
    if not (programs[0] / "tidewaiter").is_file():
        sys.exit(f"there is no `tidewaiter` in {programs[0]}")
    lines = page.read_text(encoding="utf-8").split("\n")
    environment = {"PATH": ":".join([*map(str, programs), os.environ["PATH"]]), "CHECKOUT": str(source),
                   "LANG": "C.UTF-8", "HOME": os.environ.get("HOME", "/")}
    out, last, failures, commands = [], 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="tutorial-") as folder:
        for start, end in blocks(lines):
            out += lines[last:start]
            for place, command, expected in steps(lines, start, end):
                commands += 1
                got = run(command, folder, environment)
                out += command + got
                if write or steady("\n".join(got)) == steady("\n".join(expected)):
                    continue
                failures += 1
                difference = difflib.unified_diff(
                    steady("\n".join(expected)).split("\n"), steady("\n".join(got)).split("\n"),
                    "the page", "the program", lineterm="")
                print(f"{page.name}:{place}: {command[0]}\n" + "\n".join(difference), file=sys.stderr)
            last = end
    out += lines[last:]
    if write:
        page.write_text("\n".join(out), encoding="utf-8")
    if commands == 0:
        sys.exit(f"{page.name} has no commands")
    if failures:
        sys.exit(f"{page.name}: {failures} of {commands} commands print something else")


main()
