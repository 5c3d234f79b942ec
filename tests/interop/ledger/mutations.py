"""What a hand that may write the files can do to a ledger, an export or a proof.

Each mutation takes a Random and the case's own copy of the files, changes them, and says what it
did. Some know SQLite: they take the triggers away and put them back. Some hold the log's own key.
"""
import base64
import json
import re
import sqlite3
import struct

import ed25519
import second_verifier as format

VALUES = [None, True, False, 0, 1, -1, 1.5, 2**53 - 1, 2**53, 1e21, "", "x", "1", "-0", "00", "1e3",
          "1.0", "inf", "-nan", [], {}, [0], [""], ["x", "x"], {"x": 1}, "caf\u00e9", "\u007f", "\u2028",
          "2026-02-30T00:00:00Z", "2026-09-21T14:13:20.10Z", "+010000-01-01T00:00:00Z",
          "-000001-01-01T00:00:00Z", "+009999-01-01T00:00:00Z", "9223372036854775807",
          "9223372036854775808", "-9223372036854775808", "0" * 32, "A" * 64, "a" * 64]


def flip(random, data):
    if not data:
        return b"\0"
    at, bit = random.randrange(len(data)), 1 << random.randrange(8)
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1:]


def spoil_bytes(random, data):
    """One of the ways in which a file goes wrong."""
    at, to = sorted(random.randrange(len(data) + 1) for _ in range(2))
    ways = [flip(random, data), flip(random, data), flip(random, data), data[:at], data[:-1], b"",
            data + bytes([random.randrange(256)]), data[:at] + data[to:], data + data,
            data[:to] + data[at:], data[:at] + bytes(to - at) + data[to:]]
    return random.choice(ways)


def spoil_lines(random, data):
    lines = data.split(b"\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    way = random.randrange(6)
    if way == 0:
        del lines[at]
    elif way == 1:
        lines.insert(other, lines[at])
    elif way == 2:
        lines[at], lines[other] = lines[other], lines[at]
    elif way == 3:
        lines[at] = spoil_bytes(random, lines[at])
    elif way == 4:
        lines[at] += random.choice([b" ", b"\r", b"=", b"\t", b"A"])
    else:
        lines.insert(at, random.choice([b"", b"extra", b"extra AAAA", b"extra AAA=", b"index 0", b"x"]))
    return b"\n".join(lines)


# JSON, changed and written again.

def places(value, path=()):
    """Every path into a JSON value."""
    yield path
    if isinstance(value, (dict, list)):
        for name, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(member, path + (name,))


def spoil_value(random, value):
    if isinstance(value, str) and value and random.random() < 0.5:
        at = random.randrange(len(value))
        return random.choice([value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1:], value[:at],
                              value.upper(), value + value[at], value[::-1], " " + value])
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)) and random.random() < 0.7:
        return random.choice([value + 1, value - 1, -value, value + 0.5, value * 2**40, str(value)])
    if isinstance(value, list) and value and random.random() < 0.7:
        at = random.randrange(len(value))
        return random.choice([value[::-1], value + [value[at]], value[:at], value[:at] + value[at + 1:]])
    return random.choice(VALUES)


def spoil_json(random, entry):
    """The entry with one place changed."""
    *above, last = random.choice([p for p in places(entry) if p])
    parent = entry
    for name in above:
        parent = parent[name]
    way = random.randrange(8)
    if way == 0:
        del parent[last]
    elif way == 1 and isinstance(parent, dict):
        name = random.choice(["x", "reason", "historical", "figures", "evidence", "previous", "count",
                              "chosen", "exact", "value", "bundle", "set", "published_only", "_sd"])
        parent[name] = random.choice(VALUES)
    elif way == 2 and isinstance(parent, dict):
        parent[str(spoil_value(random, last))] = parent.pop(last)
    elif way == 3 and above:
        outer = entry
        for name in above[:-1]:
            outer = outer[name]
        outer[above[-1]] = spoil_value(random, parent)
    else:
        parent[last] = spoil_value(random, parent[last])
    return entry


def numbers_to_floats(value):
    if isinstance(value, dict):
        return {str(name): numbers_to_floats(member) for name, member in value.items()}
    if isinstance(value, list):
        return [numbers_to_floats(member) for member in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def canonical(entry):
    """RFC 8785, or what comes near it where a number has no such form."""
    try:
        text = format.jcs(numbers_to_floats(entry))
    except ValueError:
        text = json.dumps(entry, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def reencode(random, body):
    """The same JSON in other bytes, mostly."""
    entry = json.loads(body)
    text = body.decode()
    depth = random.choice([10, 40, 100, 400, 2000])
    ways = [json.dumps(entry), json.dumps(entry, separators=(",", ":"), ensure_ascii=True, sort_keys=True),
            json.dumps(dict(reversed(entry.items())), separators=(",", ":"), ensure_ascii=False),
            text + "\n", " " + text, "\ufeff" + text, text.replace('"v":1', '"v":1.0'),
            text.replace('"v":1', '"v":1e0'), text[:-1] + ',"v":1}', text.replace("/", "\\/"),
            text[:-1] + ',"x":' + "[" * depth + "]" * depth + "}", "[" + text + "]", "[]", "1",
            text[:-1] + ',"x":"\\ud800"}', text[:-1] + ',"x":1E400}', text[:-1] + ',"x":-0}',
            text[:-1] + ',"x":' + '"' + "a" * random.choice([100, 16384]) + '"}',
            text[:-1] + ',"x":0.1000000000000000055511151231257827}', text.replace("a", "\\u0061", 1),
            text[:-1] + ',"x":"\\u001F"}', text[:-1] + ',"x":"\\u001f"}', text[:-1] + ',"x":"\x7f"}']
    return random.choice(ways).encode()


# Notes.

def own_key(seed, name):
    typed = b"\1" + ed25519.public_key(seed)
    return format.hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4], typed


def signature_line(seed, name, text):
    signature = ed25519.sign(seed, text.encode("utf-8", "surrogatepass"))
    return f"\u2014 {name} {base64.b64encode(own_key(seed, name)[0] + signature).decode()}\n"


def verifier_key(seed, name):
    key_id, typed = own_key(seed, name)
    return f"{name}+{key_id.hex()}+{base64.b64encode(typed).decode()}"


def checkpoint(seed, origin, size, root):
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    return text + "\n" + signature_line(seed, origin, text)


OTHER_SEED = bytes(range(32))


def spoil_note(random, note, seed):
    """A checkpoint that was changed by hand, or signed by a key that it should not be."""
    text, lines = note.split("\n\n")[0] + "\n", note.split("\n\n")[-1]
    origin, size, root = text.split("\n")[:3]
    at = random.choice([int(size) + 1, int(size) - 1, 0, int(size) + 256, 2**62, 2**63, int(size) // 2]) \
        if size.isdigit() else 1
    other_root = base64.b64encode(random.randbytes(random.choice([32, 32, 31, 33]))).decode()
    texts = [f"{origin}\n{at}\n{root}\n", f"{origin}\n{size}\n{other_root}\n", f"{origin}x\n{size}\n{root}\n",
             f"{origin}\n0{size}\n{root}\n", f"{origin}\n+{size}\n{root}\n", text + "extension\n",
             f"{origin}\n{size}\n{root}=\n", f"{origin}\n{size}\n", f"\n{size}\n{root}\n", text]
    new = random.choice(texts)
    name = random.choice([origin, origin, origin, "other.example/log"])
    signers = random.choice([[seed], [seed], [OTHER_SEED], [seed, OTHER_SEED], [OTHER_SEED, seed],
                             [seed, seed]])
    fresh = "".join(signature_line(s, origin if s == seed else name, new) for s in signers)
    raw = spoil_bytes(random, note.encode()).decode("utf-8", "surrogateescape")
    shuffled = spoil_lines(random, note.encode()).decode("utf-8", "surrogateescape")
    return random.choice([new + "\n" + fresh, new + "\n" + fresh, new + "\n" + lines, raw, shuffled,
                          text + "\n" + fresh, text + "\n" + lines + lines, text + "\n" + lines
                          + "\u2014 witness.example AAAAAAAA\n"])


# State folders.

class Store:
    """ledger.db or lock.db of a case, opened by somebody who knows SQLite."""
    def __init__(self, path, leave_wal=False):
        self.path, self.leave_wal = path, leave_wal
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        if leave_wal:
            self.db.execute("PRAGMA wal_autocheckpoint = 0")
        self.db.execute("PRAGMA ignore_check_constraints = ON")
        self.triggers = self.db.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in self.triggers:
            self.db.execute(f'DROP TRIGGER "{name}"')

    def close(self):
        for _, sql in self.triggers:
            self.db.execute(sql)
        if self.leave_wal:
            wal = self.path.with_name(self.path.name + "-wal")
            kept = [(p, p.read_bytes()) for p in (self.path, wal) if p.exists()]
            self.db.close()
            for path, data in kept:
                path.write_bytes(data)
        else:
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.db.close()

    def tables(self):
        return [name for [name] in self.db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]


def as_stored(value):
    """Texts that are not UTF-8 go in as they came out."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace") \
        if isinstance(value, str) else value


def spoil_column(random, store):
    """One value of one row of one table."""
    table = random.choice(store.tables())
    columns = [row[1] for row in store.db.execute(f"PRAGMA table_info({table})")]
    rows = store.db.execute(f"SELECT * FROM {table}").fetchall()
    if not rows:
        return f"nothing in {table}"
    row, at = random.choice(rows), random.randrange(len(columns))
    old = row[at]
    if isinstance(old, bytes):
        new = random.choice([flip(random, old), flip(random, old), old[:-32], old + bytes(32), b""])
    elif isinstance(old, str):
        new = spoil_bytes(random, old.encode("utf-8", "surrogateescape")).decode("utf-8", "replace")
    else:
        new = random.choice([(old or 0) + 1, (old or 0) - 1, -(old or 0), 0, 2**40, None])
    where = " AND ".join(f'"{c}" IS ?' for c in columns)
    store.db.execute(f'UPDATE OR IGNORE {table} SET "{columns[at]}" = ? WHERE {where}',
                     (as_stored(new), *map(as_stored, row)))
    return f"{table}.{columns[at]} of one row"


def spoil_rows(random, store):
    """Rows that are gone, there twice, or in each other's place."""
    table = random.choice([t for t in store.tables() if t != "sqlite_sequence"])
    columns = [row[1] for row in store.db.execute(f"PRAGMA table_info({table})")]
    rows = store.db.execute(f"SELECT * FROM {table}").fetchall()
    if not rows:
        return f"nothing in {table}"
    way = random.randrange(5)
    if way == 0:
        row = random.choice(rows)
        where = " AND ".join(f'"{c}" IS ?' for c in columns)
        store.db.execute(f"DELETE FROM {table} WHERE {where}", tuple(map(as_stored, row)))
        return f"a row of {table} is gone"
    if way == 1:
        store.db.execute(f"DELETE FROM {table}")
        return f"all of {table} is gone"
    if way == 2:
        row = list(random.choice(rows))
        row[0] = row[0] + random.choice([1, 100, -1]) if isinstance(row[0], int) else row[0]
        marks = ",".join("?" * len(row))
        store.db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", tuple(map(as_stored, row)))
        return f"a row of {table} is there twice"
    first, second = random.choice(rows), random.choice(rows)
    column = random.choice(columns[1:] or columns)
    at = columns.index(column)
    for row, value in ((first, second[at]), (second, first[at])):
        store.db.execute(f'UPDATE OR IGNORE {table} SET "{column}" = ? WHERE "{columns[0]}" IS ?',
                         (as_stored(value), as_stored(row[0])))
    return f"{table}.{column} of two rows, each in the other's place"


def spoil_schema(random, store):
    ways = ["PRAGMA application_id = 7", "PRAGMA user_version = 2", "PRAGMA user_version = 0",
            "CREATE TABLE more(a) STRICT", "CREATE INDEX more ON entry(body)",
            "CREATE VIEW more AS SELECT 1", "DROP TABLE outbox", "DROP INDEX step_finding",
            "DROP INDEX finding_subject", "ALTER TABLE entry ADD COLUMN more INTEGER",
            "DROP TABLE checkpoint", "ALTER TABLE position RENAME TO positions", "ANALYZE",
            "CREATE TRIGGER more AFTER INSERT ON outbox BEGIN SELECT 1; END"]
    sql = random.choice(ways)
    try:
        store.db.execute(sql)
    except sqlite3.Error as error:
        return f"nothing: {error}"
    if random.random() < 0.3:
        store.triggers = store.triggers[1:]
        sql += "; a trigger is gone"
    store.triggers = [t for t in store.triggers if "checkpoint" not in sql or "checkpoint" not in t[0]]
    return sql


def cut_tail(random, store):
    [size] = store.db.execute("SELECT count(*) FROM entry").fetchone()
    keep = random.randrange(size)
    store.db.execute("DELETE FROM entry WHERE idx >= ?", (keep,))
    if random.random() < 0.8:
        store.db.execute("DELETE FROM checkpoint WHERE size > ?", (keep,))
    if random.random() < 0.6:
        for table in ("step", "finding", "disclosure"):
            store.db.execute(f"DELETE FROM {table} WHERE idx >= ?", (keep,))
    return f"the entries from {keep} on are gone"


def rewrite(store, bodies, folder):
    """All entries anew, with a tree and checkpoints that fit them: what the key's holder can do."""
    seed = (folder / "ledger.key").read_bytes()
    origin = store.db.execute("SELECT origin FROM ledger").fetchone()[0]
    store.db.execute("DELETE FROM entry")
    peaks, roots = [], []
    for index, body in enumerate(bodies):
        nodes = format.append(peaks, index, format.leaf_hash(body))
        roots.append(format.root_of(peaks))
        store.db.execute("INSERT INTO entry VALUES (?, ?, ?)", (index, b"".join(nodes), body))
    for number, size in store.db.execute("SELECT number, size FROM checkpoint").fetchall():
        if 0 < size <= len(roots):
            store.db.execute("UPDATE checkpoint SET note = ? WHERE number = ?",
                             (checkpoint(seed, origin, size, roots[size - 1]), number))
    row = store.db.execute("SELECT number, note FROM checkpoint ORDER BY number DESC").fetchone()
    if row:
        lock = sqlite3.connect(folder / "lock.db", isolation_level=None)
        lock.execute("UPDATE head SET number = ?, note = ?", row)
        lock.close()


def spoil_bodies(random, bodies):
    way, at = random.randrange(10), random.randrange(len(bodies))
    if way == 0:
        bodies[at] = reencode(random, bodies[at])
        return f"entry {at} in other bytes"
    if way == 1:
        bodies[at] = spoil_bytes(random, bodies[at])[:16384].ljust(2)
        return f"entry {at} spoilt"
    if way == 2:
        other = random.randrange(len(bodies))
        bodies[at], bodies[other] = bodies[other], bodies[at]
        return f"entries {at} and {other}, each in the other's place"
    if way == 3:
        bodies.insert(random.randrange(len(bodies)), bodies[at])
        return f"entry {at} is there twice"
    if way == 4:
        del bodies[at]
        return f"entry {at} is gone"
    body = canonical(spoil_json(random, json.loads(bodies[at])))
    bodies[at] = body
    return f"entry {at} is {body.decode('utf-8', 'replace')}"


def forge(random, store, folder):
    bodies = [b for [b] in store.db.execute("SELECT body FROM entry ORDER BY idx")]
    if not bodies:
        return "nothing to forge"
    did = spoil_bodies(random, bodies)
    rewrite(store, bodies, folder)
    return "by the key's holder: " + did


def spoil_checkpoint(random, store, folder):
    row = store.db.execute("SELECT number, note FROM checkpoint ORDER BY random()").fetchall()
    if not row:
        return "no checkpoint"
    number, note = sorted(row)[random.randrange(len(row))]
    new = spoil_note(random, note, (folder / "ledger.key").read_bytes())
    store.db.execute("UPDATE checkpoint SET note = ? WHERE number = ?", (as_stored(new), number))
    if random.random() < 0.3:
        store.db.execute("UPDATE OR IGNORE checkpoint SET size = size + 1 WHERE number = ?", (number,))
    return f"checkpoint {number} is {new!r}"


def drop_checkpoints(random, store):
    most = store.db.execute("SELECT max(number) FROM checkpoint").fetchone()[0] or 0
    low, high = sorted((random.randint(0, most + 1), random.randint(0, most + 1)))
    store.db.execute("DELETE FROM checkpoint WHERE number BETWEEN ? AND ?", (low, high))
    if random.random() < 0.5:
        for new, [number] in enumerate(store.db.execute(
                "SELECT number FROM checkpoint ORDER BY number").fetchall(), 1):
            store.db.execute("UPDATE checkpoint SET number = ? WHERE number = ?", (new, number))
        return f"checkpoints {low} to {high} are gone, the others renumbered"
    return f"checkpoints {low} to {high} are gone"


def spoil_lock(random, folder):
    store = Store(folder / "lock.db")
    try:
        number, note = store.db.execute("SELECT number, note FROM head").fetchone() or (0, "")
        way = random.randrange(6)
        if way == 0:
            did = spoil_column(random, store)
        elif way == 1:
            did = spoil_schema(random, store)
        elif way == 2:
            number = max(0, number + random.choice([-1, 1, 2]))
            store.db.execute("UPDATE head SET number = ?", (number,))
            did = f"number {number}"
        elif way == 3:
            store.db.execute("DELETE FROM head")
            did = "no row"
        else:
            new = spoil_note(random, note, (folder / "ledger.key").read_bytes()) if note else "x"
            store.db.execute("UPDATE head SET note = ?", (as_stored(new),))
            did = f"note {new!r}"
    except sqlite3.Error as error:
        did = f"half a mutation: {error}"
    store.close()
    return "lock store: " + did


def state(random, folder):
    """Changes a state folder; says what was done."""
    way = random.randrange(20)
    if way < 3:
        path = folder / random.choice(["ledger.db", "ledger.db", "ledger.db", "lock.db"])
        path.write_bytes(spoil_bytes(random, path.read_bytes()))
        return f"{path.name} spoilt"
    if way == 3:
        path = folder / "ledger.db"
        data, page = path.read_bytes(), 4096
        pages = [data[i:i + page] for i in range(0, len(data), page)] or [b""]
        at, other = random.randrange(len(pages)), random.randrange(len(pages))
        pages[at], pages[other] = random.choice([(pages[other], pages[at]), (pages[other], pages[other])])
        path.write_bytes(b"".join(pages))
        return f"page {other} at {at}"
    if way == 4 and (folder / "older.db").exists():
        if random.random() < 0.7:
            (folder / "older.db").replace(folder / "ledger.db")
        else:
            (folder / "older-lock.db").replace(folder / "lock.db")
        return "an older copy"
    if way == 5:
        return spoil_lock(random, folder)
    store = Store(folder / "ledger.db", leave_wal=random.random() < 0.1)
    try:
        if way < 8:
            did = spoil_column(random, store)
        elif way < 10:
            did = spoil_rows(random, store)
        elif way == 10:
            did = spoil_schema(random, store)
        elif way == 11:
            did = cut_tail(random, store)
        elif way == 12:
            did = drop_checkpoints(random, store)
        elif way < 15:
            did = spoil_checkpoint(random, store, folder)
        else:
            did = forge(random, store, folder)
    except sqlite3.Error as error:
        did = f"half a mutation: {error}"
    store.close()
    return did + (", left in the WAL" if store.leave_wal else "")


# Folders of tiles, and proofs.

def bundles(folder, size):
    found = []
    for path, width in format.tiles(size, 0):
        found += format.read_bundle(folder / "tile" / "entries" / path, width)
    return found


def write_tiles(folder, bodies):
    """The files of these entries; the root."""
    nodes, level = [format.leaf_hash(b) for b in bodies], 0
    root = format.root_of_leaves(nodes)
    while nodes:
        for at, (path, width) in enumerate(format.tiles(len(bodies), level)):
            files = [(folder / "tile" / str(level) / path, b"".join(nodes[256 * at:256 * at + width]))]
            if level == 0:
                files.append((folder / "tile" / "entries" / path, b"".join(
                    struct.pack(">H", len(b)) + b for b in bodies[256 * at:256 * at + width])))
            for file, data in files:
                file.parent.mkdir(parents=True, exist_ok=True)
                if not file.is_dir():
                    file.write_bytes(data)
        nodes = [format.root_of_leaves(nodes[i:i + 256]) for i in range(0, len(nodes) - 255, 256)]
        level += 1
    return root


def tiles(random, folder, seed):
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    way = random.randrange(10)
    if way < 4:
        path = random.choice(files)
        path.write_bytes(spoil_bytes(random, path.read_bytes()))
        return f"{path} spoilt"
    if way == 4:
        path = random.choice(files)
        path.unlink()
        return f"{path} is gone"
    if way == 5:
        path, other = random.choice(files), random.choice(files)
        first, second = path.read_bytes(), other.read_bytes()
        path.write_bytes(second)
        if random.random() < 0.5:
            other.write_bytes(first)
        return f"{other} at {path}"
    note = (folder / "checkpoint").read_text()
    if way == 6:
        new = spoil_note(random, note, seed)
        (folder / "checkpoint").write_bytes(new.encode("utf-8", "surrogateescape"))
        return f"checkpoint is {new!r}"
    origin, size = note.split("\n")[:2]
    bodies = bundles(folder, int(size))
    did = spoil_bodies(random, bodies)
    root = write_tiles(folder, [b[:65535] for b in bodies])
    (folder / "checkpoint").write_text(checkpoint(seed, origin, len(bodies), root))
    return "by the key's holder: " + did


def proof(random, folder, seed):
    path = folder / "proof"
    text, way = path.read_bytes(), random.randrange(8)
    if way < 2:
        path.write_bytes(spoil_bytes(random, text))
        return "proof spoilt"
    if way < 5:
        path.write_bytes(spoil_lines(random, text))
        return "lines of the proof"
    if way == 5:
        entry = folder / "entry"
        entry.write_bytes(spoil_bytes(random, entry.read_bytes()))
        return "entry spoilt"
    head, _, note = text.partition(b"\n\n")
    if way == 6:
        new = spoil_note(random, note.decode(), seed)
        path.write_bytes(head + b"\n\n" + new.encode("utf-8", "surrogateescape"))
        return f"checkpoint is {new!r}"
    index = re.search(rb"index (\d+)", head)[1]
    new = random.choice([b"0" + index, b"+" + index, b"-" + index, b"%d" % (int(index) + 1),
                         b"%d" % (int(index) ^ 1), b"9223372036854775808", b"9223372036854775807",
                         b"18446744073709551616", index + b" ", b""])
    path.write_bytes(text.replace(b"index " + index, b"index " + new, 1))
    return f"index {new!r}"
