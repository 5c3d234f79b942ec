#include "storage/postgres/ledger_schema.h"

namespace tidewaiter {
namespace {

// The columns are those of ledger.db, in its order. A subject is bytea: it may hold a NUL, which no
// text of PostgreSQL can.
constexpr std::string_view kTables = R"(CREATE SCHEMA tidewaiter;
CREATE TABLE tidewaiter.schema_version(
  one integer PRIMARY KEY CHECK (one = 1),
  version bigint NOT NULL);
CREATE TABLE tidewaiter.ledger(
  one integer PRIMARY KEY CHECK (one = 1),
  origin text NOT NULL,
  vkey text NOT NULL,
  created bigint NOT NULL);
CREATE TABLE tidewaiter.entry(
  idx bigint PRIMARY KEY CHECK (idx >= 0),
  nodes bytea NOT NULL CHECK (octet_length(nodes) > 0 AND octet_length(nodes) % 32 = 0),
  body bytea NOT NULL CHECK (octet_length(body) BETWEEN 2 AND 16384));
CREATE TABLE tidewaiter.checkpoint(
  number bigint PRIMARY KEY CHECK (number > 0),
  size bigint NOT NULL UNIQUE CHECK (size > 0),
  note text NOT NULL,
  signed_at bigint NOT NULL);
CREATE TABLE tidewaiter.step(
  seq bigint NOT NULL,
  ordinal bigint NOT NULL,
  idx bigint NOT NULL UNIQUE,
  finding bigint,
  PRIMARY KEY (seq, ordinal));
CREATE INDEX step_finding ON tidewaiter.step(finding, idx) WHERE finding IS NOT NULL;
CREATE TABLE tidewaiter.finding(
  idx bigint PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE,
  state text NOT NULL,
  ended bigint NOT NULL CHECK (ended IN (0, 1)),
  policy text NOT NULL,
  policy_version bigint NOT NULL,
  policy_hash text NOT NULL,
  severity text NOT NULL,
  subject bytea NOT NULL,
  run_from bigint NOT NULL,
  run_to bigint NOT NULL,
  windows bigint NOT NULL,
  figures text NOT NULL,
  historical bigint NOT NULL CHECK (historical IN (0, 1)),
  reason text NOT NULL,
  evidence text NOT NULL,
  evidence_total bigint NOT NULL,
  opened_seq bigint NOT NULL,
  opened_ordinal bigint NOT NULL,
  recorded bigint NOT NULL);
CREATE INDEX finding_subject ON tidewaiter.finding USING hash (subject);
CREATE TABLE tidewaiter.disclosure(
  idx bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (idx, name));
CREATE TABLE tidewaiter.position(
  one integer PRIMARY KEY CHECK (one = 1),
  log_id text NOT NULL,
  seq bigint NOT NULL,
  log_hash bytea NOT NULL CHECK (octet_length(log_hash) = 32));
CREATE TABLE tidewaiter.coverage(
  one integer PRIMARY KEY CHECK (one = 1),
  text text NOT NULL);
CREATE TABLE tidewaiter.outbox(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel text COLLATE "C" NOT NULL,
  body text NOT NULL,
  queued bigint NOT NULL,
  sent bigint);
CREATE INDEX outbox_pending ON tidewaiter.outbox(id) WHERE sent IS NULL;
)";

// Against accidents of who owns the tables. They may drop the triggers, too: what they then change
// is caught by hashes and signatures.
constexpr std::string_view kTriggers = R"(CREATE FUNCTION tidewaiter.refuse() RETURNS trigger
  LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tidewaiter.ledger
  EXECUTE FUNCTION tidewaiter.refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tidewaiter.entry
  EXECUTE FUNCTION tidewaiter.refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tidewaiter.checkpoint
  EXECUTE FUNCTION tidewaiter.refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tidewaiter.step
  EXECUTE FUNCTION tidewaiter.refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON tidewaiter.disclosure
  EXECUTE FUNCTION tidewaiter.refuse();
)";

std::string quoted_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string ledger_schema_sql(std::string_view role) {
  const std::string to = " TO " + quoted_name(role) + ";\n";
  return "BEGIN;\n" + std::string(kTables) + std::string(kTriggers) +
         "INSERT INTO tidewaiter.schema_version VALUES (1, " +
         std::to_string(kLedgerSchemaVersion) +
         ");\n"
         "-- The log itself is only added to.\n"
         "GRANT USAGE ON SCHEMA tidewaiter" +
         to + "GRANT SELECT ON tidewaiter.schema_version" + to +
         "GRANT SELECT, INSERT ON tidewaiter.ledger, tidewaiter.entry, tidewaiter.checkpoint,\n"
         "  tidewaiter.step, tidewaiter.disclosure" +
         to +
         "-- What follows from it changes: it is rebuilt from the entries and compared with them.\n"
         "GRANT SELECT, INSERT, UPDATE ON tidewaiter.finding, tidewaiter.position,\n"
         "  tidewaiter.coverage" +
         to + "GRANT SELECT, INSERT, UPDATE (sent) ON tidewaiter.outbox" + to + "COMMIT;\n";
}

}  // namespace tidewaiter
