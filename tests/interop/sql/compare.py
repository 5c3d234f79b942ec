"""compare.py WRITE_SCENES: policies as SQL give the same windows by DuckDB and by SQLite, each in its dialect."""
import json
import math
import os
import random
import sqlite3
import subprocess
import sys

import duckdb

SEEDS = 200


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def tables(scene):
    """The scene's records in both databases. SQLite's columns have no type: values stay as they are."""
    names = [quoted(column["name"]) for column in scene["columns"]]
    places = ", ".join("?" for _ in names)
    lite, duck = sqlite3.connect(":memory:"), duckdb.connect()
    lite.execute(f"CREATE TABLE record({', '.join(names)})")
    typed = [f"{name} {column['type']}" for name, column in zip(names, scene["columns"])]
    duck.execute(f"CREATE TABLE record({', '.join(typed)})")
    if scene["rows"]:
        lite.executemany(f"INSERT INTO record VALUES ({places})", scene["rows"])
        duck.executemany(f"INSERT INTO record VALUES ({places})", scene["rows"])
    return lite, duck


def alike(a, b):
    if isinstance(a, float) and isinstance(b, (int, float)) or isinstance(b, float) and isinstance(a, (int, float)):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    return a == b


def answer(rows):
    """Rows by source, subject and window; the last two columns are `holds` and `doubts`."""
    return sorted(([int(v) if isinstance(v, bool) else v for v in row] for row in rows), key=repr)


def compare(scene):
    lite, duck = tables(scene)
    windows = 0
    for policy in scene["policies"]:
        ours = answer(lite.execute(policy["sqlite"]).fetchall())
        theirs = answer(duck.execute(policy["duckdb"]).fetchall())
        same = len(ours) == len(theirs) and all(
            len(a) == len(b) and all(map(alike, a, b)) for a, b in zip(ours, theirs))
        if not same:
            print(f"seed {scene['seed']}, policy {policy['policy']}:\n{policy['sqlite']}\n{policy['duckdb']}")
            for a, b in zip(ours, theirs):
                if not all(map(alike, a, b)):
                    print(f"SQLite {a}\nDuckDB {b}")
            sys.exit(1)
        windows += len(ours)
    return len(scene["policies"]), windows


def main():
    first = int(os.environ.get("TIDEWAITER_SEED", random.randrange(1 << 32)))
    print(f"first seed {first} (TIDEWAITER_SEED repeats it), DuckDB {duckdb.__version__}, SQLite {sqlite3.sqlite_version}")
    scenes = subprocess.run([sys.argv[1], str(first), str(SEEDS)], check=True, capture_output=True, text=True)
    counts = [compare(json.loads(line)) for line in scenes.stdout.splitlines()]
    policies, windows = (sum(column) for column in zip(*counts))
    print(f"{policies} policies over {windows} windows are alike")


main()
