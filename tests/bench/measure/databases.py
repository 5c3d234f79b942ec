"""The databases that the engine is compared with: DuckDB in a process of Node.js, ClickHouse as a
server on the loopback interface. Both are started and ended here."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .children import Absent, Failed, Spent, processor_seconds, run, stop
from .records import number_of_address, time_us

HERE = Path(__file__).resolve().parent
THREADS = 2

# Columns of the records, by the names that conditions use.
COLUMNS = {
    "t": "epoch_us(time)",
    "account": "account",
    "model": "model",
    "operation": "operation",
    "end_user": "end_user",
    "user_agent": "user_agent",
    "country": '"client.country"',
    "asn": '"client.asn"',
    "ipn": "(split_part(\"client.address\", '.', 1)::UBIGINT * 16777216 + split_part(\"client.address\", '.', 2)::UBIGINT * 65536"
    " + split_part(\"client.address\", '.', 3)::UBIGINT * 256 + split_part(\"client.address\", '.', 4)::UBIGINT)::UINTEGER",
    "http_status": "http_status",
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cached_tokens": "cached_tokens",
    "stream": '"request.stream"',
}


def lines_of(path):
    """The records of a file, as DuckDB reads them."""
    return (
        f"read_json('{path}', format = 'newline_delimited', columns = {{time: 'TIMESTAMP', account: 'VARCHAR',"
        " model: 'VARCHAR', operation: 'VARCHAR', end_user: 'VARCHAR', user_agent: 'VARCHAR', \"client.country\": 'VARCHAR',"
        " \"client.asn\": 'UINTEGER', \"client.address\": 'VARCHAR', http_status: 'USMALLINT', input_tokens: 'UINTEGER',"
        " output_tokens: 'UINTEGER', cached_tokens: 'UINTEGER', \"request.stream\": 'BOOLEAN'})"
    )


class DuckDb:
    name = "DuckDB"

    def __init__(self, folder):
        node = shutil.which("node")
        if node is None or not (folder / "node_modules/@duckdb/node-api").is_dir():
            raise Absent("DuckDB is not there: tests/bench/peers/install.sh installs it by npm")
        self._child = subprocess.Popen(
            [node, str(folder / "duckdb.mjs"), str(THREADS)], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, sql):
        """The rows of a statement's answer, and what it took."""
        self._child.stdin.write(json.dumps({"sql": sql}) + "\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            raise Failed("DuckDB has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(f"DuckDB: {answer['error'][:2000]}")
        return answer["rows"], Spent(answer["cpu_s"], answer["wall_s"])

    def load(self, path):
        columns = ", ".join(f"{expression} AS {name}" for name, expression in COLUMNS.items())
        self.ask(f"CREATE OR REPLACE TABLE u AS SELECT {columns} FROM {lines_of(path)}")

    def close(self):
        self._child.stdin.close()
        self._child.stdout.close()
        stop(self._child)


CLICKHOUSE_TYPES = {
    "t": "Int64", "account": "String", "model": "String", "operation": "String", "end_user": "String", "user_agent": "String",
    "country": "Nullable(String)", "asn": "UInt32", "ipn": "UInt32", "http_status": "UInt16",
    "input_tokens": "UInt32", "output_tokens": "UInt32", "cached_tokens": "UInt32", "stream": "UInt8",
}  # fmt: skip

CONFIGURATION = """<yandex>
  <logger><level>warning</level><log>{folder}/log</log><errorlog>{folder}/errors</errorlog></logger>
  <listen_host>127.0.0.1</listen_host><http_port>{http}</http_port><tcp_port>{tcp}</tcp_port>
  <path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path><user_files_path>{folder}/files/</user_files_path>
  <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>100000000</mark_cache_size>
</yandex>
"""

USERS = """<yandex>
  <profiles><default><max_memory_usage>8000000000</max_memory_usage></default></profiles>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default></default></quotas>
</yandex>
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ClickHouse:
    name = "ClickHouse"

    def __init__(self, program, folder):
        program = program or shutil.which("clickhouse-server", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            raise Absent("ClickHouse is not there: Debian's package clickhouse-server has it")
        folder.mkdir(parents=True)
        for name in ("data", "tmp", "files"):
            (folder / name).mkdir()
        self._port = free_port()
        (folder / "config.xml").write_text(CONFIGURATION.format(folder=folder, http=self._port, tcp=free_port()))
        (folder / "users.xml").write_text(USERS)
        self._words = open(folder / "output", "wb")
        self._child = subprocess.Popen(
            [program, f"--config-file={folder}/config.xml"], cwd=folder, stdin=subprocess.DEVNULL, stdout=self._words, stderr=self._words
        )
        self._wait()

    def _wait(self):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if self._child.poll() is not None:
                raise Absent(f"ClickHouse does not start: it ended with {self._child.returncode}")
            try:
                self._post("SELECT 1")
                return
            except OSError:
                time.sleep(0.2)
        raise Absent("ClickHouse does not answer within 30 seconds")

    def _post(self, sql, body=None):
        limits = "max_query_size=100000000&max_ast_elements=10000000&max_expanded_ast_elements=10000000&max_ast_depth=100000"
        url = f"http://127.0.0.1:{self._port}/?{limits}&wait_end_of_query=1&max_threads={THREADS}"
        if body is not None:
            url += "&query=" + urllib.request.quote(sql)
        try:
            with urllib.request.urlopen(url, data=sql.encode() if body is None else body, timeout=1800) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise Failed(f"ClickHouse: {error.read()[:500].decode(errors='replace')}") from error

    def ask(self, sql):
        cpu = processor_seconds(self._child.pid)
        start = time.monotonic()
        text = self._post(sql).decode()
        wall = time.monotonic() - start
        rows = [[int(value) for value in line.split("\t")] for line in text.splitlines()]
        return rows, Spent(processor_seconds(self._child.pid) - cpu, wall)

    def load(self, path):
        columns = ", ".join(f"{name} {type}" for name, type in CLICKHOUSE_TYPES.items())
        self._post("DROP TABLE IF EXISTS u")
        self._post(f"CREATE TABLE u ({columns}) ENGINE = MergeTree PARTITION BY tuple() ORDER BY t")
        rows = []
        with open(path, encoding="utf-8") as file:
            for line in file:
                rows.append(tab_separated(json.loads(line)))
                if len(rows) == 100_000:
                    self._post("INSERT INTO u FORMAT TabSeparated", "".join(rows).encode())
                    rows = []
        if rows:
            self._post("INSERT INTO u FORMAT TabSeparated", "".join(rows).encode())

    def close(self):
        stop(self._child)
        self._words.close()


def tab_separated(record):
    return (
        "\t".join(
            (
                str(time_us(record["time"])), record["account"], record["model"], record["operation"], record["end_user"],
                record["user_agent"], record.get("client.country", "\\N"), str(record["client.asn"]),
                str(number_of_address(record["client.address"])), str(record["http_status"]), str(record["input_tokens"]),
                str(record["output_tokens"]), str(record["cached_tokens"]), "1" if record["request.stream"] else "0",
            )
        )
        + "\n"
    )  # fmt: skip


def install_duckdb(folder):
    """Installs DuckDB by npm, or says why not."""
    output, _ = run([HERE.parent / "peers/install.sh", folder], allowed=(0, 77))
    if output:
        raise Absent(output.decode().strip().removeprefix("SKIPPED: "))
