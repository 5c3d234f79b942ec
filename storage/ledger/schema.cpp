#include "storage/ledger/schema.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kLedger[] = {
    R"(CREATE TABLE ledger(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  origin TEXT NOT NULL,
  vkey TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT)",
    R"(CREATE TABLE entry(
  idx INTEGER PRIMARY KEY CHECK(idx >= 0),
  nodes BLOB NOT NULL CHECK(length(nodes) > 0 AND length(nodes) % 32 = 0),
  body BLOB NOT NULL CHECK(length(body) BETWEEN 2 AND 16384)
) STRICT)",
    R"(CREATE TABLE checkpoint(
  number INTEGER PRIMARY KEY CHECK(number > 0),
  size INTEGER NOT NULL UNIQUE CHECK(size > 0),
  note TEXT NOT NULL,
  signed_at INTEGER NOT NULL
) STRICT)",
    R"(CREATE TABLE step(
  seq INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  finding INTEGER,
  PRIMARY KEY(seq, ordinal)
) STRICT, WITHOUT ROWID)",
    R"(CREATE INDEX step_finding ON step(finding, idx) WHERE finding IS NOT NULL)",
    R"(CREATE TABLE finding(
  idx INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  ended INTEGER NOT NULL CHECK(ended IN (0, 1)),
  policy TEXT NOT NULL,
  policy_version INTEGER NOT NULL,
  policy_hash TEXT NOT NULL,
  severity TEXT NOT NULL,
  subject TEXT NOT NULL,
  run_from INTEGER NOT NULL,
  run_to INTEGER NOT NULL,
  windows INTEGER NOT NULL,
  figures TEXT NOT NULL,
  historical INTEGER NOT NULL CHECK(historical IN (0, 1)),
  reason TEXT NOT NULL,
  evidence TEXT NOT NULL,
  evidence_total INTEGER NOT NULL,
  opened_seq INTEGER NOT NULL,
  opened_ordinal INTEGER NOT NULL,
  recorded INTEGER NOT NULL
) STRICT)",
    R"(CREATE INDEX finding_subject ON finding(subject) WHERE subject <> '')",
    R"(CREATE TABLE disclosure(
  idx INTEGER NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY(idx, name)
) STRICT, WITHOUT ROWID)",
    R"(CREATE TABLE position(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  log_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  log_hash BLOB NOT NULL CHECK(length(log_hash) = 32)
) STRICT)",
    R"(CREATE TABLE coverage(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  text TEXT NOT NULL
) STRICT)",
    R"(CREATE TABLE outbox(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL,
  body TEXT NOT NULL,
  queued INTEGER NOT NULL,
  sent INTEGER
) STRICT)",
    R"(CREATE INDEX outbox_pending ON outbox(id) WHERE sent IS NULL)",
    "CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END",
    "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END",
    "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry "
    "BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END",
    "CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry "
    "BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END",
    "CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint "
    "BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END",
    "CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint "
    "BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only'); END",
    "CREATE TRIGGER step_no_update BEFORE UPDATE ON step "
    "BEGIN SELECT RAISE(ABORT, 'step is append-only'); END",
    "CREATE TRIGGER step_no_delete BEFORE DELETE ON step "
    "BEGIN SELECT RAISE(ABORT, 'step is append-only'); END",
    "CREATE TRIGGER disclosure_no_update BEFORE UPDATE ON disclosure "
    "BEGIN SELECT RAISE(ABORT, 'disclosure is append-only'); END",
};

constexpr std::string_view kLock[] = {
    R"(CREATE TABLE head(
  one INTEGER PRIMARY KEY CHECK(one = 1),
  origin TEXT NOT NULL,
  number INTEGER NOT NULL CHECK(number >= 0),
  note TEXT NOT NULL
) STRICT)",
};

}  // namespace

std::span<const std::string_view> ledger_schema() { return kLedger; }
std::span<const std::string_view> lock_schema() { return kLock; }

}  // namespace tidewaiter
