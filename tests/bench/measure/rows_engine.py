"""Rows about reading and judging: the engine beside simdjson, DuckDB, ClickHouse and itself."""

from . import records as made_records
from .bench import benchmark_counters, findings_by_policy, judging, reading, selected
from .children import Absent, Spent, run_json
from .databases import lines_of
from .measured import Bar, Row, interleaved
from .policies import Generator

FIVE_MINUTES_US = 300_000_000


def parse(bench):
    """Native lines into columns of all fields, beside a loop that only takes each value."""
    row = Row("parse and columns, all fields", "bare simdjson loop", "× its speed", Bar(0.45, 0.65))
    lines = 5_000 if bench.quick else 200_000

    def pair():
        found = benchmark_counters(bench, "bench_records", f"^(bare_simdjson|read_columns)/lines:{lines}$")
        unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}

        def spent(name):
            one = found[f"{name}/lines:{lines}"]
            factor = unit[one["time_unit"]]
            return Spent(one["cpu_time"] * factor, one["real_time"] * factor)

        return spent("read_columns"), spent("bare_simdjson")

    row.take_pairs([pair() for _ in range(bench.sizes.pairs)])
    row.equal = True  # the program ends with an error where the sums differ
    row.compared = "sum of output tokens, in each loop"
    row.facts = {"lines": lines, "lines_per_s": round(lines / row.ours_cpu_s)}
    return [row]


def source_pages(bench):
    """Pages of an API, 1,000 rows each, into records; beside a loop that only takes each value."""
    unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
    rows = {
        "page": Row("page of 1,000 rows of an API into records", "bare simdjson loop", "× its speed", Bar(0.4, 0.65)),
        "usage_page": Row("page of 1,000 rows of usage by party", "bare simdjson loop", "× its speed", Bar(0.4, 0.65)),
    }

    def pair():
        found = benchmark_counters(bench, "bench_source_pages", "^(bare|read)_(usage_)?page$")

        def spent(name):
            one = found[name]
            return Spent(one["cpu_time"] * unit[one["time_unit"]], one["real_time"] * unit[one["time_unit"]])

        return {name: (spent("read_" + name), spent("bare_" + name)) for name in rows}

    pairs = [pair() for _ in range(bench.sizes.pairs)]
    for name, row in rows.items():
        row.take_pairs([one[name] for one in pairs])
        row.equal = True  # the program ends with an error where the sums differ
        row.compared = "sum of input tokens, in each loop"
        row.facts = {"rows_per_s": round(1000 / row.ours_cpu_s)}
    return list(rows.values())


GROUPED = """policy: bench.hourly
version: 1
title: Requests of an account in an hour
status: active
owner: bench
basis: [{control: generated}]
kind: access
severity: low
window: {length: 1h, wait_for_late: 1h}
measure:
  n: count()
  input: sum(input_tokens)
  mean: avg(cached_tokens)
  most: max(output_tokens)
  addresses: distinct(client.address)
report_when: n >= LEAST
"""

GROUPED_SQL = (
    "SELECT account, epoch_us(time) // 3600000000 AS h, count(*) AS n, sum(input_tokens) AS input, avg(cached_tokens) AS mean,"
    ' max(output_tokens) AS most, count(DISTINCT "client.address") AS addresses FROM {lines} GROUP BY 1, 2'
)


def group(bench):
    """A file, read and grouped by account and hour. Both sides read the file each time."""
    least = 3 if bench.quick else 20
    usage = bench.usage(records=bench.sizes.records, accounts=bench.sizes.accounts, hours=48)
    folder = bench.one_policy("grouped", GROUPED.replace("LEAST", str(least)))
    engine = Row("read and group by account and hour, 5 aggregates (engine)", "DuckDB `read_json`, CPU", "× less CPU", Bar(1.3, 2.0))
    program = Row("the same by `policy backtest`, through a record log", "DuckDB `read_json`, CPU", "× less CPU", Bar(1.3, 2.0))
    duckdb = bench.duckdb()
    query = GROUPED_SQL.format(lines=lines_of(usage))
    answers = {}

    def theirs():
        # DuckDB makes all groups, as the engine does; only those that are found come out of it.
        rows, spent = duckdb.ask(f"SELECT * FROM ({query}) WHERE n >= {least} ORDER BY account, h")
        answers["theirs"] = first_windows([(account, h, (n, total, round(mean, 6), most, ips)) for account, h, n, total, mean, most, ips in rows])
        return spent

    def ours():
        answer = bench.judge(folder, usage, findings=True)
        answers["ours"] = sorted(
            (f["subject"], f["from_us"] // made_records.HOUR_US, f["windows"], figures_of(f)) for f in answer["findings"]
        )
        answers["records"] = answer["records"]
        return reading(answer) + judging(answer)

    def backtest():
        answer, spent = run_json(
            [bench.programs.tidewaiter, "policy", "backtest", folder, "--over", usage, "--no-cost", "--json"], cwd=bench.folder
        )
        answers["backtest"] = sorted((f["subject"].removeprefix("account:file/"), f["windows"]) for f in answer["findings"])
        return spent

    engine.take_pairs(interleaved(bench.sizes.pairs, ours, theirs))
    engine.equal = answers["ours"] == answers["theirs"] and answers["records"] == bench.sizes.records
    engine.compared = f"{len(answers['theirs']):,} runs of hours with {least} requests or more, and the five figures of each"
    program.take_pairs(interleaved(bench.sizes.pairs, backtest, theirs))
    program.equal = answers["backtest"] == sorted((subject, windows) for subject, _, windows, _ in answers["theirs"])
    program.compared = "subjects and lengths of the same runs"
    for row in (engine, program):
        row.facts = {"records": bench.sizes.records, "records_per_cpu_s": round(bench.sizes.records / row.ours_cpu_s)}
    return [engine, program]


def figures_of(finding):
    figures = finding["figures"]
    return (
        int(figures["n"]), int(figures["input"]), round(float(figures["mean"]), 6), int(figures["most"]), int(figures["addresses"]),
    )  # fmt: skip


def first_windows(rows):
    """(subject, window, figures) of windows that hold → runs of neighbours: (subject, first window,
    how many, figures of the first)."""
    runs = []
    for subject, k, figures in sorted(rows):
        if runs and runs[-1][0] == subject and runs[-1][1] + runs[-1][2] == k:
            runs[-1][2] += 1
        else:
            runs.append([subject, k, 1, figures])
    return sorted(tuple(run) for run in runs)


def stateless(bench):
    """500 policies about single records, whose conditions both sides count."""
    generator = Generator(1)
    policies = generator.single(bench.sizes.policies)
    folder = generator.write(policies, bench.new_folder("stateless"))
    usage = bench.usage(records=bench.sizes.stateless_records, accounts=bench.sizes.accounts, hours=48)
    title = f"{len(policies)} stateless policies × {bench.sizes.stateless_records:,} records"
    rows = [Row(title, "DuckDB, CPU", "× less CPU", Bar(40, 100)), Row(title, "ClickHouse 18.16, CPU", "× less CPU", Bar(25, 60))]
    counts = {}

    def ours():
        answer = bench.judge(folder, usage)
        counts["ours"] = selected(answer)
        counts["opened"] = answer["opened"]
        return judging(answer)

    def beside(row, dialect, database, filtered):
        query = "SELECT " + ",\n".join(filtered(policy.sql(dialect)) for policy in policies) + " FROM u"

        def theirs():
            answer, spent = database.ask(query)
            counts["theirs"] = dict(zip((policy.id for policy in policies), answer[0]))
            return spent

        row.take_pairs(interleaved(bench.sizes.pairs, ours, theirs))
        row.equal = counts["ours"] == counts["theirs"]
        row.compared = f"records that each policy selects, {sum(counts['theirs'].values()):,} in all"
        share = 1e9 / len(policies) / bench.sizes.stateless_records
        row.facts = {
            "ours_ns_per_policy_and_record": round(row.ours_cpu_s * share, 2),
            "theirs_ns_per_policy_and_record": round(row.theirs_cpu_s * share, 2),
            "findings": counts["opened"],
        }
        row.note = "the engine also makes the findings; the database only counts"

    for row, dialect, connect, filtered in (
        (rows[0], "duckdb", bench.duckdb, lambda sql: f"count(*) FILTER (WHERE {sql})"),
        (rows[1], "clickhouse", bench.clickhouse, lambda sql: f"countIf({sql})"),
    ):
        try:
            beside(row, dialect, connect(usage), filtered)
        except Absent as reason:
            row.absent = str(reason)
    return rows


def policy_growth(bench):
    """What more policies cost over the same records."""
    few, many = bench.sizes.many_policies
    row = Row(f"{few} → {many:,} policies", f"own cost at {few}", "× the cost", Bar(12, 6, at_least=False))
    generator = Generator(2)
    policies = generator.single(many)
    folders = {count: generator.write(policies[:count], bench.new_folder(f"policies-{count}")) for count in (few, many)}
    usage = bench.usage(records=bench.sizes.records // 10, accounts=bench.sizes.accounts // 10, hours=48)
    counts = {}

    def cost(count):
        answer = bench.judge(folders[count], usage)
        counts[count] = selected(answer)
        return judging(answer)

    row.take_pairs(interleaved(bench.sizes.pairs, lambda: cost(many), lambda: cost(few)), better_is_less=False)
    row.equal = all(counts[many][policy] == count for policy, count in counts[few].items())
    row.compared = f"what the first {few} policies select"
    return [row]


SLIDING = """policy: bench.sliding
version: 1
title: Requests of an account in a sliding hour
status: active
owner: bench
basis: [{control: generated}]
kind: access
severity: low
window: {length: 1h, every: 5m, wait_for_late: 1h}
measure:
  n: count()
  input: sum(input_tokens)
  output: sum(output_tokens)
  limited: count() where http_status == 429
  failed: count() where http_status >= 500
report_when: n >= LEAST
"""

TOTALS = (
    "count(*) {over} AS n, sum(input_tokens) {over} AS input, sum(output_tokens) {over} AS output,"
    " count(*) FILTER (WHERE http_status = 429) {over} AS limited, count(*) FILTER (WHERE http_status >= 500) {over} AS failed"
)


def sliding(bench):
    """Five aggregates over an hour that slides by five minutes, beside window functions."""
    least = 3 if bench.quick else 12
    usage = bench.usage(records=bench.sizes.records, accounts=bench.sizes.accounts, hours=48)
    folder = bench.one_policy("sliding", SLIDING.replace("LEAST", str(least)))
    functions = Row("5 aggregates, sliding hour", "DuckDB window functions, CPU", "× less CPU", Bar(5, 10))
    exact = Row("5 aggregates, sliding hour", "DuckDB, every window that there is, CPU", "× less CPU")
    duckdb = bench.duckdb(usage)
    over = "OVER (PARTITION BY account ORDER BY k RANGE BETWEEN 11 PRECEDING AND CURRENT ROW)"
    by_record = (
        f"SELECT DISTINCT account, k, n, input, output, limited, failed FROM (SELECT account, k, {TOTALS.format(over=over)} FROM"
        f" (SELECT *, t // {FIVE_MINUTES_US} AS k FROM u)) WHERE n >= {least}"
    )
    every_window = (
        f"WITH p AS (SELECT account, t // {FIVE_MINUTES_US} AS k, {TOTALS.format(over='')} FROM u GROUP BY 1, 2)"
        " SELECT account, k - j AS w, sum(n)::BIGINT AS n, sum(input)::BIGINT, sum(output)::BIGINT, sum(limited)::BIGINT,"
        f" sum(failed)::BIGINT FROM p, range(12) AS r(j) GROUP BY 1, 2 HAVING sum(p.n) >= {least}"
    )
    answers = {}

    def ours():
        answer = bench.judge(folder, usage, findings=True)
        answers["ours"] = sorted(
            (f["subject"], f["from_us"] // FIVE_MINUTES_US, f["windows"], tuple(map(int, f["figures"].values()))) for f in answer["findings"]
        )
        return judging(answer)

    def window_functions():
        rows, spent = duckdb.ask(by_record)
        answers["ending"] = {(account, k - 11): tuple(figures) for account, k, *figures in rows}
        return spent

    def all_windows():
        rows, spent = duckdb.ask(every_window)
        answers["windows"] = {(account, k): tuple(figures) for account, k, *figures in rows}
        return spent

    exact.take_pairs(interleaved(bench.sizes.pairs, ours, all_windows))
    runs = first_windows([(account, k, figures) for (account, k), figures in answers["windows"].items()])
    exact.equal = answers["ours"] == runs
    exact.compared = f"{len(runs):,} runs of {len(answers['windows']):,} windows with {least} requests or more, and five figures of each run"
    functions.take_pairs(interleaved(bench.sizes.pairs, ours, window_functions))
    agree = all(answers["windows"].get(place) == figures for place, figures in answers["ending"].items())
    functions.equal = agree and answers["ours"] == runs
    functions.compared = (
        f"{len(answers['ending']):,} windows that end where a record lies, which are all that window functions give: their figures"
        " beside those of the next row"
    )
    functions.facts = exact.facts = {"records": bench.sizes.records, "records_per_cpu_s": round(bench.sizes.records / functions.ours_cpu_s)}
    return [functions, exact]


DISTINCT = """policy: bench.distinct
version: 1
title: End users of an account in an hour
status: active
owner: bench
basis: [{control: generated}]
kind: access
severity: low
window: {length: 1h, every: 5m, wait_for_late: 1h}
measure: {users: distinct(end_user)}
report_when: users >= 2
"""


def distinct(bench):
    """2 and 2,000 different values in a window, as many records in each."""
    few, many = 2, 50 if bench.quick else 2_000
    row = Row(f"{few} → {many:,} distinct values a window", "own cost at 2", "× the cost", Bar(3, 1.5, at_least=False))
    folder = bench.one_policy("distinct", DISTINCT)
    count = bench.sizes.records // 4
    # Ten times as many records in a window as there are values, so that all of them come.
    accounts, hours = 2, max(1, count // (2 * 10 * many))
    usage = {users: bench.usage(records=count, accounts=accounts, hours=hours, users=users) for users in (few, many)}
    found = {}

    def cost(users):
        answer = bench.judge(folder, usage[users], findings=True)
        found[users] = sorted((f["subject"], f["from_us"] // FIVE_MINUTES_US, f["windows"], int(f["figures"]["users"])) for f in answer["findings"])
        return judging(answer)

    row.take_pairs(interleaved(bench.sizes.pairs, lambda: cost(many), lambda: cost(few)), better_is_less=False)
    row.equal = all(found[users] == distinct_by_hand(made_records.read(usage[users])) for users in (few, many))
    row.compared = "runs of windows, and the number of values in the first of each, counted by hand"
    row.facts = {"records": count}
    return [row]


def distinct_by_hand(records):
    """Runs of the windows with two values or more."""
    windows = {}
    for record in records:
        last = made_records.time_us(record["time"]) // FIVE_MINUTES_US
        for k in range(last - 11, last + 1):
            windows.setdefault((record["account"], k), set()).add(record["end_user"])
    return first_windows([(account, k, len(values)) for (account, k), values in windows.items() if len(values) >= 2])


def by_hand(bench):
    """Generated policies over few records, beside a few lines of Python that know no engine: what the
    other rows compare with a database is compared here wherever there is none."""
    row = Row("generated policies, single records and windows", "brute force in Python, answers only", "")
    generator = Generator(3)
    policies = generator.single(60) + generator.windowed(30)
    folder = generator.write(policies, bench.new_folder("by-hand"))
    usage = bench.usage(records=3_000, accounts=40, hours=30)
    answer = bench.judge(folder, usage, findings=True)
    records = made_records.read(usage)
    wanted_counts, wanted_runs = {}, {}
    for policy in policies:
        chosen = [record for record in records if policy.selects(record)]
        wanted_counts[policy.id] = len(chosen)
        wanted_runs[policy.id] = policy.runs(chosen)
    row.equal = selected(answer) == wanted_counts and findings_by_policy(answer) == wanted_runs
    row.compared = f"{sum(wanted_counts.values()):,} selected records and {sum(wanted_runs.values()):,} findings of {len(policies)} policies"
    if sum(wanted_runs.values()) == 0:
        row.equal = False
    return [row]
