"""What the rows share: programs, sizes, a scratch folder, the databases while they are needed."""

import sys
from dataclasses import dataclass
from pathlib import Path

from . import databases, records
from .children import Absent, Failed, Spent, run_json


@dataclass(frozen=True)
class Programs:
    """Where the build has put what is run."""

    build: Path

    def _path(self, name):
        path = self.build / name
        if not path.exists():
            raise Failed(f"`{path.name}` is not built: cmake --build --preset release --target bench_all")
        return path

    usage = property(lambda self: self._path("tests/bench/bench_usage"))
    judge = property(lambda self: self._path("tests/bench/bench_judge"))
    tidewaiter = property(lambda self: self._path("daemon/cli/tidewaiter"))
    tidewaiterd = property(lambda self: self._path("daemon/app/tidewaiterd"))
    verify = property(lambda self: self._path("storage/verify/tidewaiter-verify"))

    def benchmark(self, name):
        return self._path(f"tests/bench/{name}")


@dataclass(frozen=True)
class Sizes:
    records: int  # of most rows
    stateless_records: int  # beside databases, which take 200 ns a policy and record
    policies: int
    many_policies: tuple  # the growth row: few and many
    accounts: int
    memory_accounts: int
    entries: int  # of the ledger that is verified
    names: int  # of lists, at the start
    screened: int  # parties of a list
    end_to_end: int  # records
    soak_seconds: int
    pulled: tuple  # rows of a pull: few and many
    pairs: int

    @property
    def windowed(self):
        return self.policies // 10


FULL = Sizes(
    records=2_000_000, stateless_records=500_000, policies=500, many_policies=(100, 5_000), accounts=100_000, memory_accounts=100_000,
    entries=1_000_000, names=60_000, screened=30_000, end_to_end=200_000, pulled=(100_000, 1_000_000),
    soak_seconds=1_800, pairs=3,
)  # fmt: skip
QUICK = Sizes(
    records=6_000, stateless_records=3_000, policies=60, many_policies=(20, 60), accounts=150, memory_accounts=1_000,
    entries=2_000, names=1_000, screened=100, end_to_end=3_000, pulled=(10_000, 30_000), soak_seconds=5, pairs=1,
)  # fmt: skip


class Bench:
    def __init__(self, programs, sizes, folder, *, quick, duckdb_folder, clickhouse):
        self.programs = programs
        self.sizes = sizes
        self.folder = folder
        self.quick = quick
        self._duckdb_folder = duckdb_folder
        self._clickhouse_program = clickhouse
        self._duckdb = None
        self._clickhouse = None
        self._loaded = {}
        self._made = 0

    def say(self, words):
        print(f"    {words}", file=sys.stderr, flush=True)

    def new_folder(self, name):
        self._made += 1
        return self.folder / f"{name}-{self._made}"

    def one_policy(self, name, text):
        """A new folder that holds this policy and nothing else."""
        folder = self.new_folder(name)
        folder.mkdir()
        (folder / "policy.yaml").write_text(text)
        return folder

    def usage(self, **how):
        return records.write(records.Usage(**how), self.programs, self.folder)

    def duckdb(self, path=None):
        """DuckDB, with the records of `path` as its table `u`."""
        if self._duckdb is None:
            self._duckdb = databases.DuckDb(self._duckdb_folder)
        return self._with(self._duckdb, path)

    def has_duckdb(self):
        try:
            self.duckdb()
        except Absent:
            return False
        return True

    def clickhouse(self, path):
        if self._clickhouse is None:
            self._clickhouse = databases.ClickHouse(self._clickhouse_program, self.new_folder("clickhouse"))
        return self._with(self._clickhouse, path)

    def _with(self, database, path):
        if path is not None and self._loaded.get(database.name) != path:
            self.say(f"{database.name} reads {path.name}")
            database.load(path)
            self._loaded[database.name] = path
        return database

    def close(self):
        for database in (self._duckdb, self._clickhouse):
            if database is not None:
                database.close()

    def judge(self, policies, usage, *, threads=1, findings=False, hourly=False):
        """What bench_judge says of the policies of a folder."""
        command = [self.programs.judge, policies, usage, "--threads", threads]
        answer, _ = run_json(command + (["--findings"] if findings else []) + (["--hourly"] if hourly else []))
        return answer


def judging(answer):
    return Spent(answer["judge"]["cpu_s"], answer["judge"]["wall_s"])


def reading(answer):
    return Spent(answer["read"]["cpu_s"], answer["read"]["wall_s"])


def selected(answer):
    """How many records each policy selects."""
    return {one["policy"]: one["selected"] for one in answer["coverage"]}


def findings_by_policy(answer):
    counts = {one["policy"]: 0 for one in answer["coverage"]}
    for finding in answer["findings"]:
        counts[finding["policy"]] += 1
    return counts


def benchmark_counters(bench, program, pattern):
    """Runs a Google Benchmark program; its benchmarks by name. One that found a wrong answer fails."""
    command = [bench.programs.benchmark(program), f"--benchmark_filter={pattern}", "--benchmark_format=json"]
    answer, _ = run_json(command + ["--benchmark_min_time=0.001"] * bench.quick)
    found = {one["name"].removesuffix("/real_time"): one for one in answer["benchmarks"]}
    for name, one in found.items():
        if one.get("error_occurred"):
            raise Failed(f"{program}, {name}: {one['error_message']}")
    if not found:
        raise Failed(f"{program} has no benchmark that matches {pattern}")
    return found
