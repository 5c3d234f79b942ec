"""How cost grows with each of the things that grow: one curve each, of the product's own cost."""

from dataclasses import dataclass, field

from .bench import benchmark_counters, judging
from .policies import Generator
from .rows_product import EVERYBODY, configure, month_of_usage, run_once, verify


@dataclass
class Curve:
    """Points (x, y) of one plot. `plot` names its file."""

    plot: str
    title: str
    x: str
    y: str
    points: list = field(default_factory=list)

    def document(self):
        return {"plot": self.plot, "title": self.title, "x": self.x, "y": self.y, "points": self.points}


SHAPE = """policy: bench.shape{number:02}
version: 1
title: One shape of windows
status: active
owner: bench
basis: [{{control: generated}}]
kind: access
severity: low
window: {{length: {minutes}m, every: 5m, wait_for_late: 1h}}
measure: {{n: count(), tokens: sum(output_tokens)}}
report_when: n > 1000000
"""


def _least(times, work):
    """The least of a few runs: what disturbs a run only adds to it."""
    return min(work() for _ in range(times))


def _steps(most, quick):
    return [most // 10, most] if quick else [most // 16, most // 8, most // 4, most // 2, most]


def records(bench):
    curve = Curve("records", "Records", "records", "CPU seconds to judge")
    generator = Generator(6)
    policies = generator.write(generator.single(bench.sizes.policies), bench.new_folder("growth-records"))
    for count in _steps(bench.sizes.records // 2, bench.quick):
        usage = bench.usage(records=count, accounts=bench.sizes.accounts // 10, hours=48)
        curve.points.append((count, judging(bench.judge(policies, usage)).cpu_s))
    return [curve]


def accounts(bench):
    time = Curve("accounts", "Active accounts, the same number of records", "accounts", "CPU seconds to judge")
    space = Curve("accounts-memory", "Memory and active accounts", "accounts", "MB that the process holds")
    folder = bench.new_folder("growth-accounts")
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.yaml").write_text(SHAPE.format(number=number, minutes=60))
    for count in _steps(bench.sizes.memory_accounts * 2, bench.quick):
        usage = bench.usage(records=bench.sizes.memory_accounts * 4, accounts=count, hours=20)
        answer = bench.judge(folder, usage)
        time.points.append((count, judging(answer).cpu_s))
        held = answer["resident_kb"]
        space.points.append((count, (held["after"] - held["before"]) / 1000))
    return [time, space]


def month(bench):
    curve = Curve("month", "Memory over a month", "days", "MB that the process holds")
    for hour, held in enumerate(month_of_usage(bench)["resident_by_hour_kb"]):
        if hour % 24 == 0:
            curve.points.append((hour // 24, held / 1000))
    return [curve]


def policies(bench):
    curve = Curve("policies", "Stateless policies", "policies", "CPU seconds to judge")
    generator = Generator(7)
    few, many = bench.sizes.many_policies
    usage = bench.usage(records=bench.sizes.records // 20, accounts=bench.sizes.accounts // 10, hours=48)
    all_policies = generator.single(many)
    for count in [few, many] if bench.quick else [few, 500, 1_000, 2_000, many]:
        folder = generator.write(all_policies[:count], bench.new_folder("growth-policies"))
        curve.points.append((count, _least(bench.sizes.pairs, lambda: judging(bench.judge(folder, usage)).cpu_s)))
    return [curve]


def shapes(bench):
    curve = Curve("shapes", "Window shapes", "shapes of sliding windows, a policy each", "CPU seconds to judge")
    usage = bench.usage(records=bench.sizes.records // 8, accounts=bench.sizes.accounts // 10, hours=48)
    for count in (1, 2) if bench.quick else (1, 2, 4, 8, 16):
        folder = bench.new_folder("growth-shapes")
        folder.mkdir()
        for number in range(count):
            (folder / f"{number}.yaml").write_text(SHAPE.format(number=number, minutes=30 + 5 * number))
        curve.points.append((count, _least(bench.sizes.pairs, lambda: judging(bench.judge(folder, usage)).cpu_s)))
    return [curve]


def list_entries(bench):
    curve = Curve("list-entries", "Parties of a list that names are looked up in", "parties", "µs a name")
    found = benchmark_counters(bench, "bench_screen", "^screen_index/entries:100$" if bench.quick else "^screen_index/")
    for name, one in found.items():
        curve.points.append((int(name.rpartition(":")[2]), one["cpu_time"]))
    return [curve]


def ledger_size(bench):
    curve = Curve("ledger-size", "Entries of a ledger that is verified", "entries", "CPU seconds to verify")
    policies_folder = bench.one_policy("growth-ledger", EVERYBODY)
    for count in _steps(bench.sizes.entries // 4, bench.quick):
        usage = bench.usage(records=count, accounts=count // 2, hours=20)
        folder = configure(bench, "growth-ledger", policies_folder, usage)
        answer, _ = run_once(bench, folder)
        entries = answer["ledger"]["size"]
        curve.points.append((entries, _least(bench.sizes.pairs, lambda: verify(bench, folder)[1].cpu_s)))
    return [curve]


def threads(bench):
    curve = Curve("threads", "Threads that judge", "threads", "wall seconds to judge")
    generator = Generator(8)
    some = generator.windowed(bench.sizes.policies // 5)
    folder = generator.write(some, bench.new_folder("growth-threads"))
    usage = bench.usage(records=bench.sizes.records // 20, accounts=bench.sizes.accounts // 10, hours=48)
    for count in (1, 2) if bench.quick else (1, 2, 4):
        curve.points.append((count, _least(bench.sizes.pairs, lambda: judging(bench.judge(folder, usage, threads=count)).wall_s)))
    return [curve]
