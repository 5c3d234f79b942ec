#!/usr/bin/env python3
"""No two headers give two types of one namespace one name. Where files of both are linked, the linker
keeps one of the two destructors (the One Definition Rule, [basic.def.odr]), and no compiler says so.

Usage: names_test.py SOURCES
"""

import collections
import pathlib
import re
import sys

SPACE = re.compile(r"^(?:inline )?namespace ([\w:]+) \{")
TYPE = re.compile(r"^(?:struct|class|enum class|enum|union) (?:\[\[\w+\]\] )?([A-Z]\w*)(?: final)?(?: :[^:].*)? \{")


def types_of(header):
    """Namespace and name of each type that a header defines outside any other."""
    space = ""
    for line in header.read_text(encoding="utf-8").splitlines():
        if opened := SPACE.match(line):
            space = opened[1]
        elif defined := TYPE.match(line):
            yield f"{space}::{defined[1]}"


def main(sources):
    homes = collections.defaultdict(list)
    for room in ("daemon", "policies", "storage", "tests"):
        for header in sorted((sources / room).rglob("*.h")):
            for name in types_of(header):
                homes[name].append(str(header.relative_to(sources)))
    assert len(homes) > 500, f"only {len(homes)} types were found: the forms of headers changed"
    twice = {name: places for name, places in homes.items() if len(places) > 1}
    for name, places in sorted(twice.items()):
        print(f"{name} is defined in {' and in '.join(places)}: give one of them another name")
    print(f"{len(homes)} types, {len(twice)} names of more than one")
    return 1 if twice else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
