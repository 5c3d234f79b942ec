"""Rows about the whole: from a file to findings in the ledger, the ledger itself, memory, the start,
screening."""

import base64
import contextlib
import os
import shutil
import socket
import subprocess
import time

from . import records as made_records
from .bench import benchmark_counters
from .children import Failed, Spent, run_json, seconds_so_far, stop
from .measured import Bar, Row
from .policies import Generator, name_lists

CONFIGURATION = """state: state
policies: [{policies}/]
sources: [{{name: file, kind: file, path: {usage}, poll: {{every: 1m}}}}]
"""


def configure(bench, name, policies, usage):
    """A folder with a configuration in it."""
    folder = bench.new_folder(name)
    folder.mkdir()
    (folder / "tidewaiter.yaml").write_text(CONFIGURATION.format(policies=policies, usage=usage))
    return folder


def run_once(bench, folder):
    """One cycle into a new state; its answer, and what it took."""
    shutil.rmtree(folder / "state", ignore_errors=True)
    return run_json([bench.programs.tidewaiter, "run", "--once", "--json", "--config", folder / "tidewaiter.yaml"], cwd=folder)


def verify(bench, folder):
    """The verifier's verdict on the folder's ledger: how many entries hold, and what it took."""
    state = folder / "state"
    answer, spent = run_json(
        [bench.programs.verify, "--key", state / "ledger.vkey", "--lock", state / "lock.db", "--json", state / "ledger.db"]
    )
    if answer["verdict"] != "holds":
        raise Failed("the ledger does not verify")
    return answer, spent


def end_to_end(bench):
    """`tidewaiter run --once` into an empty state: everything durable, signed at the end."""
    count = bench.sizes.end_to_end
    row = Row(
        f"end to end, file → findings in the ledger, {bench.sizes.policies} policies of which {bench.sizes.windowed} windowed",
        "–", "records/s a core", Bar(150_000, 300_000),
    )  # fmt: skip
    generator = Generator(4)
    policies = generator.single(bench.sizes.policies - bench.sizes.windowed) + generator.windowed(bench.sizes.windowed)
    usage = bench.usage(records=count, accounts=max(40, bench.sizes.accounts // 10), hours=48)
    folder = configure(bench, "end-to-end", generator.write(policies, bench.new_folder("end-to-end-policies")), usage)
    spent = []
    for _ in range(bench.sizes.pairs):
        answer, took = run_once(bench, folder)
        spent.append(took)
    found = {policy.id: 0 for policy in policies}
    for finding in answer["findings"]:
        found[finding["policy"]] += finding["state"] == "potential"
    wanted, how = expected_runs(bench, policies, usage)
    verify(bench, folder)
    median = sorted(spent, key=lambda one: one.cpu_s)[len(spent) // 2]
    row.value = count / median.cpu_s
    row.wall = count / median.wall_s
    row.ours_cpu_s = median.cpu_s
    row.equal = found == wanted and sum(wanted.values()) > 0
    row.compared = f"{sum(wanted.values()):,} findings of {len(policies)} policies, counted by {how}; the ledger verifies"
    row.facts = {"records": count, "entries": answer["ledger"]["size"]}
    return [row]


def expected_runs(bench, policies, usage):
    """How many findings each policy comes to, from somebody else than the engine."""
    if bench.has_duckdb():
        duckdb = bench.duckdb(usage)
        return {policy.id: duckdb.ask(policy.runs_sql())[0][0][0] for policy in policies}, "DuckDB"
    records = made_records.read(usage)
    return {policy.id: policy.runs([r for r in records if policy.selects(r)]) for policy in policies}, "hand"


EVERYBODY = """policy: bench.everybody
version: 1
title: Every account that asks at all
status: active
owner: bench
basis: [{control: generated}]
kind: access
severity: low
window: {length: 24h, wait_for_late: 1h}
measure: {n: count()}
report_when: n >= 1
"""


def verify_ledger(bench):
    """Entries that the product wrote, verified cold by the program for outsiders."""
    row = Row(f"verify {bench.sizes.entries:,} entries cold", "–", "s CPU", Bar(2, 1, at_least=False))
    # An account's one record opens a finding, and the end of the file ends it: two entries each.
    accounts = bench.sizes.entries // 2
    usage = bench.usage(records=2 * accounts, accounts=accounts, hours=20)
    policies = bench.one_policy("everybody", EVERYBODY)
    folder = configure(bench, "verified", policies, usage)
    answer, _ = run_once(bench, folder)
    checks = [verify(bench, folder) for _ in range(bench.sizes.pairs)]
    verdict, spent = sorted(checks, key=lambda one: one[1].cpu_s)[len(checks) // 2]
    entries = answer["ledger"]["size"]
    row.value = spent.cpu_s * bench.sizes.entries / entries
    row.wall = spent.wall_s * bench.sizes.entries / entries
    row.ours_cpu_s = spent.cpu_s
    row.equal = base64.b64decode(verdict["root"]).hex() == answer["ledger"]["root"] and verdict["size"] == entries
    row.compared = "root and size, beside those that the writer states"
    row.facts = {"entries": entries, "bytes": os.path.getsize(folder / "state/ledger.db")}
    if entries != bench.sizes.entries:
        row.note = f"{entries:,} entries were verified, and the time is stated in proportion"
    return [row]


def ledger(bench):
    """Findings made durable, beside the same tables without tree and signature (bench_append)."""
    row = Row("ledger, batch 1,000, synchronous=FULL", "the same tables without Merkle tree and signature", "× its speed", Bar(0.6, 0.8))
    name = "append/batch:10/steps:100" if bench.quick else "append/batch:1000/steps:20000"
    found = benchmark_counters(bench, "bench_append", f"^{name}/iterations:5/manual_time$")
    one = next(iter(found.values()))
    row.value, row.wall = one["cpu_ratio"], one["ratio"]
    row.equal = True  # the program ends with an error if the root is not that of RFC 6962
    row.compared = "root of the tree, beside its definition in RFC 6962"
    row.facts = {"steps_per_s": round(one["steps_per_s"])}
    return [row]


def screening(bench):
    """Names looked up in a list by the index, beside comparing them with all (bench_screen)."""
    row = Row(f"screening, lossless at 0.90, {bench.sizes.screened:,} parties", "own brute force", "× less CPU", Bar(150, 400))
    found = benchmark_counters(bench, "bench_screen", f"^screen_(index|scan)/entries:{bench.sizes.screened}$")
    one = {name.split("/")[0]: value for name, value in found.items()}
    row.value = one["screen_scan"]["cpu_time"] / one["screen_index"]["cpu_time"]
    row.wall = one["screen_scan"]["real_time"] / one["screen_index"]["real_time"]
    row.equal = True  # the program ends with an error where index and scan differ
    row.compared = "hits and scores of the names that both look up"
    row.facts = {"us_per_name": round(one["screen_index"]["cpu_time"], 1), "us_per_name_by_scan": round(one["screen_scan"]["cpu_time"], 1)}
    return [row]


PACK = """policy: bench.pack{number:03}.hour
version: 1
title: An account's hour
status: active
owner: bench
basis: [{{control: generated}}]
kind: access
severity: low
window: {{length: 1h, every: 5m, wait_for_late: 1h}}
measure:
  n: count()
  input: sum(input_tokens)
  output: sum(output_tokens)
  limited: count() where http_status == 429
  failed: count() where http_status >= 500
  users: distinct(end_user)
report_when: n > 1000000 + {number}
---
policy: bench.pack{number:03}.day
version: 1
title: An account's day
status: active
owner: bench
basis: [{{control: generated}}]
kind: access
severity: low
window: {{length: 24h, every: 1h, wait_for_late: 1h}}
measure:
  n: count()
  input: sum(input_tokens)
  output: sum(output_tokens)
  limited: count() where http_status == 429
  failed: count() where http_status >= 500
  addresses: distinct(client.address)
  mix: entropy(model)
  long: quantile(0.99, output_tokens)
report_when: n > 1000000 + {number}
"""


def pack_of(bench, times):
    """Policies over two shared shapes, `times` of each, that differ in their thresholds alone."""
    folder = bench.new_folder("pack")
    folder.mkdir()
    for start in range(0, times, 10):
        texts = [PACK.format(number=number) for number in range(start, min(start + 10, times))]
        (folder / f"pack-{start}.yaml").write_text("---\n".join(texts))
    return folder


def memory(bench):
    """What the process holds for each account that is active, in GB for a million of them."""
    accounts = bench.sizes.memory_accounts
    usage = bench.usage(records=12 * accounts, accounts=accounts, hours=60)
    rows = []
    held = {}
    for times in (1, 4):
        answer = bench.judge(pack_of(bench, times), usage, hourly=True)
        held[times] = answer["resident_kb"]["after"] - answer["resident_kb"]["before"]
        row = Row(f"memory per million active accounts, full pack × {times} ({2 * times} policies)", "–", "GB", Bar(1.2, 0.75, at_least=False))
        row.value = held[times] * 1024 / accounts * 1e6 / 1e9
        row.equal = all(one["subjects"] <= accounts + 1 and one["selected"] == 12 * accounts for one in answer["coverage"])
        row.compared = "records that each policy selects"
        row.facts = {"accounts": accounts, "bytes_per_account": round(held[times] * 1024 / accounts)}
        if accounts != 1_000_000:
            row.note = f"measured with {accounts:,} accounts, stated in proportion"
        rows.append(row)
    flat = Row("memory, 4 times the policies of one shape", "own at once", "× the memory", Bar(1.2, 1.05, at_least=False))
    flat.value = held[4] / held[1]
    flat.note = "the bar says flat: 1.05 and 1.2 are how that is read here"
    return rows + [flat, month(bench)]


def pull(bench):
    """The peak of memory of a pull of an API's history into the record log, long beside short."""
    few, many = bench.sizes.pulled
    row = Row(f"peak memory of a pull of {many:,} rows", f"own at {few:,}", "× the memory", Bar(1.2, 1.05, at_least=False))
    answers = {rows: run_json([bench.programs.benchmark("bench_source_pages"), "--pull", rows])[0] for rows in (few, many)}
    row.value = answers[many]["peak_kb"] / answers[few]["peak_kb"]
    tokens = {rows: sum(i % 20_000 for i in range(rows)) for rows in (few, many)}
    row.equal = all(one["stored"] == rows and one["tokens"] == tokens[rows] for rows, one in answers.items())
    row.compared = "rows that are stored, and the sum of their tokens"
    row.facts = {"peak_MB": round(answers[many]["peak_kb"] / 1024), "peak_MB_at_once": round(answers[few]["peak_kb"] / 1024)}
    row.note = "the bar says flat: 1.05 and 1.2 are how that is read here"
    return [row]


def month(bench):
    """Whether the process grows once it has what the longest window holds."""
    row = Row("memory after a month", "own after a week", "× the memory", Bar(1.05, 1.01, at_least=False))
    held = month_of_usage(bench)["resident_by_hour_kb"]
    row.value = held[-1] / held[len(held) * 7 // 30]
    row.note = "the bar says no growth: 1.01 and 1.05 are how that is read here"
    return row


def month_of_usage(bench):
    """What bench_judge says of the pack over a month in which each account asks ten times a day."""
    accounts = max(bench.sizes.memory_accounts // 20, 10)
    usage = bench.usage(records=300 * accounts, accounts=accounts, hours=720)
    return bench.judge(pack_of(bench, 1), usage, hourly=True)


class Manager:
    """The end of sd_notify(3) that a service manager has."""

    def __init__(self, folder):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.path = str(folder / "notify")
        self._socket.bind(self.path)
        self._socket.settimeout(0.5)

    def wait_until_ready(self, child):
        until = time.monotonic() + 120
        while child.poll() is None and time.monotonic() < until:
            try:
                if "READY=1" in self._socket.recv(4096).decode().splitlines():
                    return
            except TimeoutError:
                continue
        raise Failed("tidewaiterd was not ready within two minutes, or has ended")

    def close(self):
        self._socket.close()
        os.unlink(self.path)


@contextlib.contextmanager
def ready_daemon(bench, folder):
    """A tidewaiterd over the folder's configuration, from when it says that it is ready until it is stopped."""
    manager = Manager(folder)
    with open(folder / "daemon.log", "ab") as log:
        child = subprocess.Popen(
            [str(bench.programs.tidewaiterd), "--config", str(folder / "tidewaiter.yaml")],
            cwd=folder, stdout=log, stderr=log, env={**os.environ, "NOTIFY_SOCKET": manager.path},
        )  # fmt: skip
    try:
        manager.wait_until_ready(child)
        yield child
    finally:
        stop(child)
        manager.close()


def start_daemon(bench, folder):
    """What a tidewaiterd takes until it says that it is ready."""
    start = time.monotonic()
    with ready_daemon(bench, folder) as child:
        return Spent(seconds_so_far(child.pid), time.monotonic() - start)


def start(bench):
    """A daemon's start over an empty log: until READY=1, as systemd sees it."""
    generator = Generator(5)
    policies = generator.single(bench.sizes.policies - bench.sizes.windowed) + generator.windowed(bench.sizes.windowed)
    set_folder = generator.write(policies, bench.new_folder("start-policies"))
    name_lists(bench.sizes.names, set_folder)
    usage = bench.folder / "nothing.jsonl"
    usage.write_text("")
    folder = configure(bench, "start", set_folder, usage)
    run_json([bench.programs.tidewaiter, "init", "--config", folder / "tidewaiter.yaml", "--json"], cwd=folder)
    title = f"start with {bench.sizes.policies} policies and {bench.sizes.names:,} list names"
    first = Row(title, "–", "ms CPU", Bar(300, 150, at_least=False))
    again = Row(title + ", again", "–", "ms CPU", Bar(300, 25, at_least=False))
    spent = [start_daemon(bench, folder) for _ in range(1 + bench.sizes.pairs)]
    for row, some in ((first, spent[:1]), (again, spent[1:])):
        row.value = sorted(one.cpu_s for one in some)[len(some) // 2] * 1000
        row.wall = sorted(one.wall_s for one in some)[len(some) // 2] * 1000
    listed, _ = run_json([bench.programs.tidewaiter, "policy", "list", set_folder, "--json"], cwd=folder)
    right = len(listed["policies"]) == len(policies) and sum(one["values"] for one in listed["lists"] if one["id"].startswith("names-")) == bench.sizes.names
    first.equal = again.equal = right
    first.compared = again.compared = "policies and list values that `policy list` has"
    again.note = "the goal is that of a cached set"
    return [first, again]

