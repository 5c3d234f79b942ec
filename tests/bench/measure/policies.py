"""Generated policies, each in three forms of one meaning: YAML for the engine, SQL for the databases,
and a function over a record, for answers that need no database. The same numbers give the same ones.

Half of the conditions' leaves are taken from those before, as in a rule set that has grown. Every
policy has one rare leaf, so that what it selects is as little as alerts are: a few records in ten
thousand. A leaf over a missing country is unknown in all three forms (None in the function's)."""

import json
import random
import re
from dataclasses import dataclass
from typing import Callable

from .records import HOUR_US, number_of_address, time_us

MINUTE_US = 60_000_000


@dataclass(frozen=True)
class Leaf:
    item: dict  # of a selection
    sql: Callable  # dialect -> text
    holds: Callable  # record -> True, False or None


@dataclass
class Window:
    """A policy's window and what it must reach: count() and sum(output_tokens)."""

    length_us: int = HOUR_US
    every_us: int = HOUR_US
    count: int = 1
    tokens: int = 0


@dataclass
class Policy:
    id: str
    terms: list  # of ("and" | "or" | "not", leaves), all of which must hold
    window: Window | None = None  # without: single records, by the hour

    def yaml(self):
        select, parts = {}, []
        for number, (way, leaves) in enumerate(self.terms):
            names = []
            for place, leaf in enumerate(leaves):
                names.append(f"s{number}_{place}")
                select[names[-1]] = leaf.item
            parts.append({"and": "{0}", "not": "not {0}", "or": "(" + " or ".join(names) + ")"}[way].format(*names))
        lines = [
            f"policy: {self.id}", "version: 1", f"title: {self.id}", "status: active", "basis: [{control: generated}]",
            "kind: access", "severity: low", "owner: bench", "false_positives: [none]",
            f"select: {_flow(select)}", f"condition: {' and '.join(parts)}",
        ]  # fmt: skip
        if self.window is not None:
            lines += [
                f"window: {{length: {self.window.length_us // MINUTE_US}m, every: {self.window.every_us // MINUTE_US}m, wait_for_late: 1h}}",
                "measure: {n: count(), tokens: sum(output_tokens)}",
                f"report_when: n >= {self.window.count} and tokens >= {self.window.tokens}",
            ]
        return "\n".join(lines) + "\n"

    def sql(self, dialect):
        parts = []
        for way, leaves in self.terms:
            texts = [leaf.sql(dialect) for leaf in leaves]
            parts.append(f"NOT ({texts[0]})" if way == "not" else "(" + " OR ".join(texts) + ")")
        return " AND ".join(parts)

    def selects(self, record):
        """Whether the condition is true of a record: unknown is not."""
        return all(_term_holds(way, [leaf.holds(record) for leaf in leaves]) for way, leaves in self.terms)

    def runs_sql(self):
        """The number of runs of neighbouring windows that hold, each of one account, in DuckDB's SQL."""
        window = self.window or Window()
        panes = window.length_us // window.every_us
        return (
            f"WITH p AS (SELECT account, t // {window.every_us} AS k, count(*) AS n, sum(output_tokens) AS tokens FROM u WHERE {self.sql('duckdb')} GROUP BY 1, 2),"
            f" w AS (SELECT account, k - j AS k FROM p, range({panes}) AS r(j) GROUP BY 1, 2 HAVING sum(n) >= {window.count} AND sum(tokens) >= {window.tokens}),"
            " g AS (SELECT account, k - row_number() OVER (PARTITION BY account ORDER BY k) AS g FROM w)"
            " SELECT count(*) FROM (SELECT DISTINCT account, g FROM g)"
        )

    def runs(self, selected):
        """The same of the records that the condition selects."""
        window = self.window or Window()
        panes = window.length_us // window.every_us
        totals = {}
        for record in selected:
            last = time_us(record["time"]) // window.every_us
            for k in range(last - panes + 1, last + 1):
                count, tokens = totals.get((record["account"], k), (0, 0))
                totals[record["account"], k] = (count + 1, tokens + record["output_tokens"])
        held = {place for place, (n, tokens) in totals.items() if n >= window.count and tokens >= window.tokens}
        return sum((account, k - 1) not in held for account, k in held)


def _flow(select):
    """A map as YAML: JSON, but for the names of lists, which are no texts."""
    return re.sub(r'"(list:[a-z0-9-]+)"', r"\1", json.dumps(select))


def _term_holds(way, truths):
    return truths[0] is False if way == "not" else any(truth is True for truth in truths)


def _quoted(text):
    return "'" + text.replace("'", "''") + "'"


def _equal(field, column, value):
    text = _quoted(value)
    return Leaf({f"{field}|cased": value}, lambda _: f"{column} = {text}", lambda r: _known(r, field, lambda v: v == value))


def _among(field, column, values):
    texts = ", ".join(map(_quoted, values))
    return Leaf({f"{field}|in": values}, lambda _: f"{column} IN ({texts})", lambda r: _known(r, field, lambda v: v in values))


def _known(record, field, test):
    value = record.get(field)
    return None if value is None else test(value)


def _more(field, bound):
    return Leaf({f"{field}|gt": bound}, lambda _: f"{field} > {bound}", lambda r: r[field] > bound)


def _status(value):
    return Leaf({"http_status": value}, lambda _: f"http_status = {value}", lambda r: r["http_status"] == value)


def _streams():
    return Leaf({"request.stream": True}, lambda dialect: "stream" if dialect == "duckdb" else "stream = 1", lambda r: r["request.stream"])


def _contains(field, part):
    sql = {"duckdb": f"contains({field}, {_quoted(part)})", "clickhouse": f"position({field}, {_quoted(part)}) > 0"}
    return Leaf({f"{field}|contains|cased": part}, sql.__getitem__, lambda r: part in r[field])


def _matches(field, pattern):
    sql = {"duckdb": f"regexp_matches({field}, {_quoted(pattern)})", "clickhouse": f"match({field}, {_quoted(pattern)})"}
    compiled = re.compile(pattern)
    return Leaf({f"{field}|re": pattern}, sql.__getitem__, lambda r: compiled.search(r[field]) is not None)


def _systems(name, numbers):
    members = set(numbers)
    return Leaf(
        {"client.asn|in": [f"list:{name}"]},
        lambda _: f"asn IN ({', '.join(map(str, numbers))})",
        lambda r: r["client.asn"] in members,
    )


def _networks(networks):
    ranges = [(base, base + (1 << (32 - length)) - 1) for base, length in networks]
    texts = [f"{base >> 24}.{base >> 16 & 255}.{base >> 8 & 255}.{base & 255}/{length}" for base, length in networks]
    sql = "(" + " OR ".join(f"(ipn BETWEEN {low} AND {high})" for low, high in ranges) + ")"

    def holds(record):
        number = number_of_address(record["client.address"])
        return any(low <= number <= high for low, high in ranges)

    return Leaf({"client.address|cidr": texts}, lambda _: sql, holds)


_MODELS = ["atlas-large-2", "atlas-medium-2", "atlas-small-1", "atlas-code-1", "atlas-vision-2", "atlas-embed-3"]
_COUNTRIES = ["US", "DE", "GB", "FR", "IN", "BR", "JP", "NL", "CA", "SG", "KP", "IR", "RU", "UA", "PL"]
_OPERATIONS = ["chat", "batch", "embeddings", "files"]
_AGENTS = ["atlas-python", "atlas-node", "curl", "okhttp", "go-http-client", "python-requests", "axios", "java-http-client"]
_WORDS = ["linux", "windows", "darwin", "batch", "worker", "gateway", "mobile", "lambda", "proxy", "notebook", "agent", "nightly"]


class Generator:
    """Policies and the lists that they name, one after the other from one seed."""

    def __init__(self, seed):
        self._random = random.Random(seed)
        self._seen = []
        self._rare_seen = []
        self._made = 0
        self.lists = {f"systems-{i}": sorted(self._random.sample(range(64_000), 200)) for i in range(10)}

    def _nonce(self):
        return "".join(self._random.choice("bcdfghjklmnpqrstvwxz") for _ in range(self._random.randint(5, 9)))

    def _leaf(self):
        r = self._random
        if self._seen and r.random() < 0.55:
            return r.choice(self._seen)
        kind = r.choices(["equal", "among", "more", "status", "stream", "contains", "matches"], [14, 8, 24, 6, 4, 16, 8])[0]
        if kind == "equal":
            field, column, values = r.choice(
                [("model", "model", _MODELS), ("client.country", "country", _COUNTRIES), ("operation", "operation", _OPERATIONS)]
            )
            leaf = _equal(field, column, r.choice(values))
        elif kind == "among":
            field, column, values = r.choice([("model", "model", _MODELS), ("client.country", "country", _COUNTRIES)])
            leaf = _among(field, column, sorted(r.sample(values, 3)))
        elif kind == "more":
            field, most = r.choice([("input_tokens", 20_000), ("output_tokens", 5_000), ("cached_tokens", 10_000)])
            leaf = _more(field, r.randint(most // 50, most))
        elif kind == "status":
            leaf = _status(r.choice([400, 429, 500, 529]))
        elif kind == "stream":
            leaf = _streams()
        elif kind == "contains":
            leaf = _contains("user_agent", self._nonce() if r.random() < 0.5 else r.choice(_AGENTS + _WORDS))
        else:
            leaf = _matches(
                "user_agent",
                r.choice([f"{r.choice(_AGENTS)}/[0-{r.randint(1, 6)}]\\.1", f"({r.choice(_WORDS)}|{self._nonce()}); {r.choice(_WORDS)}", f"{self._nonce()}[0-9]+"]),
            )
        self._seen.append(leaf)
        return leaf

    def _rare(self):
        """A leaf that few records meet."""
        r = self._random
        if self._rare_seen and r.random() < 0.5:
            return r.choice(self._rare_seen)
        kind = r.choices(["systems", "networks", "user", "large", "nonce"], [3, 3, 3, 2, 2])[0]
        if kind == "systems":
            name = r.choice(sorted(self.lists))
            leaf = _systems(name, self.lists[name])
        elif kind == "networks":
            lengths = [r.choice([16, 18, 20, 22, 24]) for _ in range(20)]
            leaf = _networks([(r.getrandbits(32) >> (32 - length) << (32 - length), length) for length in lengths])
        elif kind == "user":
            leaf = _contains("end_user", f"-{r.randint(10, 999)}-{r.randint(0, 9)}")
        elif kind == "large":
            leaf = _more("output_tokens", r.randint(9_000, 9_700))
        else:
            leaf = _contains("user_agent", self._nonce())
        self._rare_seen.append(leaf)
        return leaf

    def _terms(self, rare):
        r = self._random
        terms = [("and", [self._rare()])] if rare else []
        for _ in range(r.randint(1, 3) if rare else 1):
            way = r.choices(["or", "not", "and"], [2, 1, 7])[0]
            count = r.randint(2, 3) if way == "or" else 1
            terms.append((way, [self._leaf() for _ in range(count)]))
        r.shuffle(terms)
        return terms

    def _id(self):
        self._made += 1
        return f"bench.p{self._made:05}"

    def single(self, count):
        return [Policy(self._id(), self._terms(True)) for _ in range(count)]

    def windowed(self, count):
        """Over one of eight shapes, each with limits of its own."""
        r = self._random
        policies = []
        for _ in range(count):
            hours, every = r.choice([(1, 5), (1, 60), (6, 30), (6, 60), (24, 60), (24, 120), (2, 10), (12, 60)])
            window = Window(hours * HOUR_US, every * MINUTE_US, r.randint(3, 12) * (1 + hours // 2), r.randint(1, 8) * 2_500 * (1 + hours // 2))
            policies.append(Policy(self._id(), self._terms(False), window))
        return policies

    def write(self, policies, folder, per_file=20):
        """The policies and all lists, as files of a set."""
        folder.mkdir(parents=True)
        for start in range(0, len(policies), per_file):
            text = "---\n".join(policy.yaml() for policy in policies[start : start + per_file])
            (folder / f"policies-{start:05}.yaml").write_text(text)
        for name, numbers in self.lists.items():
            (folder / f"list-{name}.yaml").write_text(f"list: {name}\ntitle: {name}\ntype: int64\nvalues: {json.dumps(numbers)}\n")
        return folder


def name_lists(count, folder, per_file=15_000):
    """Lists of generated names, `count` of them in all, in files of less than the 1 MiB that a policy file may have."""
    for number, start in enumerate(range(0, count, per_file)):
        names = [f"Organisation {i:06} of the {i % 97}th district" for i in range(start, min(start + per_file, count))]
        lines = "".join(f"- {name}\n" for name in names)
        (folder / f"names-{number}.yaml").write_text(f"list: names-{number}\ntitle: Names\nvalues:\n{lines}")
