#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "canary_vendors.h"
#include "daemon/outbound/http_client.h"
#include "tests/interop/postgres/postgres_server.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {

/// One line of usage and what may stand beside it: members of no format, and cells of no mapping.
inline void write_usage_files(const std::filesystem::path& folder, const std::string& time) {
  const Json line = {{"kind", "usage"}, {"id", "f-1"}, {"time", time}, {"account", kept("f1")}};
  Json bad = with_content(line);
  bad["id"] = "f-2";
  std::string faults;
  for (const char* const name : {"time", "kind", "id", "account", "input_tokens", "client.address",
                                 "cost", "duration", "requests", "organization"}) {
    Json fault = line;
    fault["id"] = std::string("f-") + name;
    fault[name] = Json::array({canary("value")});
    faults += fault.dump() + "\n";
    if (name == std::string_view("id") || name == std::string_view("account") ||
        name == std::string_view("organization")) {
      continue;  // a text is what belongs there
    }
    fault[name] = canary("value");
    faults += fault.dump() + "\n";
  }
  write_file(folder / "f1.jsonl",
             line.dump() + "\n" + bad.dump() + "\n" + canary("no-json") + "\n" + faults);
  write_file(folder / "f2.csv", "at,who,n,prompt," + canary("column") + "\n" + time + "," +
                                    kept("f2") + ",7," + canary("cell") + "," + canary("cell") +
                                    "\n" + time + "," + kept("f2") + "," + canary("number") + "," +
                                    canary("cell") + ",x\n" + canary("time") + ",a,7,b,c\n");
  Json row = with_content({{"at", time}, {"who", kept("f3")}, {"n", 7}});
  Json bad_row = row;
  bad_row["n"] = canary("number");
  write_file(folder / "f3.json", row.dump() + "\n" + bad_row.dump() + "\n");
}

/// Statements of who owns an organisation, with all that says more of people than their names.
inline void write_owner_files(const std::filesystem::path& folder) {
  write_file(folder / "accounts.csv", "account,identifier,note\nacct-1,lei:ACME," +
                                          canary("map-note") + "\nacct-2,ftm:c-1," +
                                          canary("map-note") + "\n");
  const auto statement = [](const std::string& id, const std::string& type, const Json& details) {
    return with_content({{"statementId", "s-" + id},
                         {"statementDate", "2020-01-01"},
                         {"recordId", id},
                         {"recordType", type},
                         {"recordStatus", "new"},
                         {"annotations", {{{"description", canary("annotation")}}}},
                         {"recordDetails", details}})
               .dump() +
           "\n";
  };
  const Json place = {{"address", canary("address")}, {"postCode", canary("post-code")}};
  const Json company = with_content({{"isComponent", false},
                                     {"entityType", {{"type", "registeredEntity"}}},
                                     {"name", kept("b1")},
                                     {"addresses", {place}},
                                     {"identifiers", {{{"scheme", "XI-LEI"}, {"id", "ACME"}}}}});
  const Json person =
      with_content({{"isComponent", false},
                    {"personType", "knownPerson"},
                    {"names", {{{"type", "legal"}, {"fullName", "Ann Other"}}}},
                    {"identifiers", {{{"scheme", "PASSPORT"}, {"id", canary("passport")}}}},
                    {"birthDate", canary("birth")},
                    {"placeOfBirth", place},
                    {"addresses", {place}}});
  const Json share = {
      {"type", "shareholding"}, {"share", {{"exact", 60}}}, {"details", canary("interest")}};
  const Json relation = with_content({{"isComponent", false},
                                      {"subject", "e-1"},
                                      {"interestedParty", "p-1"},
                                      {"interests", {share}}});
  write_file(folder / "b1.jsonl",
             statement("e-1", "entity", company) + statement("p-1", "person", person) +
                 statement("r-1", "relationship", relation) + canary("no-json") + "\n");
  const auto thing = [](const std::string& id, const std::string& schema, Json properties) {
    for (const char* const name : {"address", "notes", "email", "phone", "idNumber", "summary"}) {
      properties[name] = {canary(name)};
    }
    return with_content({{"id", id}, {"schema", schema}, {"properties", properties}}).dump() + "\n";
  };
  write_file(
      folder / "t1.json",
      thing("c-1", "Company", {{"name", {kept("t1")}}}) +
          thing("p-1", "Person", {{"name", {"Ann Other"}}, {"birthDate", {canary("birth")}}}) +
          thing("o-1", "Ownership",
                {{"owner", {"p-1"}}, {"asset", {"c-1"}}, {"percentage", {"60"}}}));
}

/// A gateway's database, with content in every column that may hold some; the role's password is
/// `password`. Null where PostgreSQL is not installed.
inline std::unique_ptr<PostgresServer> canary_database(const std::string& password) {
  const auto programs = postgres_programs();
  if (!programs) return nullptr;
  auto server = std::make_unique<PostgresServer>(*programs);
  Sql owner = server->owner();
  owner.run(R"(CREATE TABLE "LiteLLM_SpendLogs" (
    request_id text PRIMARY KEY, call_type text, "startTime" timestamp(3) NOT NULL,
    "endTime" timestamp(3) NOT NULL, team_id text, prompt_tokens integer, metadata jsonb,
    request_tags jsonb, messages jsonb, response jsonb, proxy_server_request jsonb, api_base text))");
  owner.run(R"(INSERT INTO "LiteLLM_SpendLogs" SELECT 'r-' || i, 'acompletion',
    (now() AT TIME ZONE 'UTC') - interval '3 hours', (now() AT TIME ZONE 'UTC') - interval '3 hours',
    ')" + kept("d1") +
            R"(', 7, jsonb_build_object('spend_logs_metadata', c), jsonb_build_array(c),
    jsonb_build_array(c), jsonb_build_array(c), jsonb_build_object('a', c), c
    FROM (SELECT i, ')" +
            canary("column") + R"('::text AS c FROM generate_series(1, 3) AS i) AS t)");
  owner.run("CREATE ROLE reader LOGIN PASSWORD '" + password + "'");
  owner.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
  return server;
}

/// Hands a record in, one with content in it, and an event that says more than its record. The
/// status of each answer.
inline std::vector<std::int64_t> hand_in(const std::string& url, const std::string& token,
                                         const std::string& time) {
  const Json line = {{"kind", "usage"}, {"id", "u-1"}, {"time", time}, {"account", kept("u1")}};
  Json bad = with_content(line);
  bad["id"] = "u-2";
  Json fault = line;
  fault["id"] = "u-4";
  fault["duration"] = canary("value");
  Json event = with_content({{"specversion", "1.0"},
                             {"id", "e-1"},
                             {"source", "/gateway"},
                             {"type", "tidewaiter.record"},
                             {"subject", canary("subject")}});
  event["data"] = line;
  event["data"]["id"] = "u-3";
  const Secret secret(token);
  std::vector<std::int64_t> statuses;
  for (const auto& [type, body] :
       {std::pair<std::string, std::string>{
            "application/x-ndjson", line.dump() + "\n" + bad.dump() + "\n" + fault.dump() + "\n"},
        {"application/cloudevents+json", event.dump()}}) {
    HttpRequest request{url + "u1", {{"Content-Type", type}}, body, &secret};
    HttpLimits limits;
    limits.total = kMinute;  // the answer comes once the record is stored, after others' pages
    const auto answer = make_curl_client(limits)->send(request, {});
    statuses.push_back(answer ? answer->status : 0);
  }
  return statuses;
}

}  // namespace tidewaiter
