#!/usr/bin/env python3
"""Copies a log that is served over HTTP into a folder, by c2sp.org/tlog-tiles alone.

Usage: mirror_log.py URL FOLDER
"""
import pathlib
import sys
import urllib.request


def index_path(index):
    """Groups of three digits, all but the last behind an x."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
    return "/".join(["x" + group for group in groups[:-1]] + groups[-1:])


def paths(size):
    """The files of a log of so many entries: bundles, and tiles of each level."""
    level, nodes = 0, size
    while nodes > 0:
        full, rest = divmod(nodes, 256)
        kinds = [str(level)] + (["entries"] if level == 0 else [])
        for kind in kinds:
            yield from (f"tile/{kind}/{index_path(n)}" for n in range(full))
            if rest:
                yield f"tile/{kind}/{index_path(full)}.p/{rest}"
        level, nodes = level + 1, full


def fetch(url, path, folder):
    with urllib.request.urlopen(f"{url}/{path}", timeout=30) as answer:
        data = answer.read()
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return data


def main():
    url, folder = sys.argv[1].rstrip("/"), pathlib.Path(sys.argv[2])
    size = int(fetch(url, "checkpoint", folder).split(b"\n")[1])
    count = sum(1 for path in paths(size) if fetch(url, path, folder) is not None)
    print(f"{count} files of {size} entries")


main()
