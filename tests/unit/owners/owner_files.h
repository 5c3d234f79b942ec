#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/sources/connector.h"
#include "daemon/sources/owners/owner_statement.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {

/// 2026-03-10T08:00:00Z, when all pulls of these tests happen unless they say otherwise.
inline constexpr UtcTime kPullTime{1'773'129'600'000'000};

inline DayNumber day(std::string_view date) { return parse_time(date).value().us / kDay.us; }

/// Statements of BODS 0.4, an object each.
inline std::string entity(const std::string& id, const std::string& name,
                          const std::string& more = "") {
  return R"({"statementId":"s-)" + id + R"(","statementDate":"2020-01-01","recordId":")" + id +
         R"(","recordType":"entity","recordStatus":"new","recordDetails":{"isComponent":false,)" +
         R"("entityType":{"type":"registeredEntity"},"name":")" + name + "\"" + more + "}}";
}
inline std::string person(const std::string& id, const std::string& name) {
  return R"({"statementId":"s-)" + id + R"(","statementDate":"2020-01-01","recordId":")" + id +
         R"(","recordType":"person","recordStatus":"new","recordDetails":{"isComponent":false,)" +
         R"("personType":"knownPerson","names":[{"type":"legal","fullName":")" + name + "\"}]}}";
}
/// `interests`: the text of the list.
inline std::string relation(const std::string& id, const std::string& subject,
                            const std::string& owner, const std::string& interests,
                            const std::string& date = "2020-01-01",
                            const std::string& status = "new", const std::string& more = "") {
  return R"({"statementId":"s-)" + id + date + status + R"(","statementDate":")" + date +
         R"(","recordId":")" + id + R"(","recordType":"relationship","recordStatus":")" + status +
         R"(","recordDetails":{"isComponent":false,"subject":")" + subject +
         R"(","interestedParty":")" + owner + R"(","interests":)" + interests + more + "}}";
}
inline std::string holding(const std::string& share, const std::string& more = "") {
  return R"([{"type":"shareholding","directOrIndirect":"direct","share":)" + share + more + "}]";
}

/// A folder with files of statements and a map of accounts, and a source that reads them.
class OwnerScene : public testing::Test {
 protected:
  OwnerScene() {
    config_.name = "reg";
    config_.kind = "bods";
    config_.record = RecordKind::kAccount;
    config_.base = folder_.path();
    config_.path = "bods.jsonl";
    config_.owners.emplace();
    config_.owners->accounts = "accounts.csv";
    write("accounts.csv", "account,identifier\nacct-1,lei:ACME\n");
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary | std::ios::trunc) << text;
    // Nobody has written to it lately.
    std::filesystem::last_write_time(folder_ / name, std::filesystem::file_time_type::clock::now() -
                                                         std::chrono::hours(24 * 365 * 20));
  }
  void write_lines(const std::vector<std::string>& lines) const {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    write(config_.path, text);
  }
  [[nodiscard]] std::filesystem::path at(const std::string& name) const { return folder_ / name; }

  Connector& source() {
    if (!source_) {
      auto made = make_connector(config_);
      EXPECT_TRUE(made) << to_text(made.error());
      source_ = *std::move(made);
    }
    return *source_;
  }
  /// As after a new start of the daemon: nothing but the committed cursor is left.
  void restart() { source_.reset(); }

  struct Pull {
    std::vector<Record> records;
    std::vector<QuarantinedInput> bad;
    std::optional<Interval> drained;
    std::optional<Error> error;
    int pages = 0;
  };
  /// As if somebody had written to the file just now.
  Pull pull_while_written() {
    using FileClock = std::filesystem::file_time_type::clock;
    std::filesystem::last_write_time(at(config_.path), FileClock::now());
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return pull(UtcTime{std::chrono::duration_cast<std::chrono::microseconds>(since).count()});
  }
  Pull pull(UtcTime now = kPullTime) {
    Pull pull;
    for (;;) {
      auto page = source().next(cursor_, now, watch_);
      if (!page) {
        pull.error = page.error();
        return pull;
      }
      if (!*page) return pull;
      ++pull.pages;
      cursor_ = (*page)->cursor;
      for (const auto& one : (*page)->records) pull.records.push_back(one);
      for (const auto& one : (*page)->quarantine) pull.bad.push_back(one);
      if ((*page)->drained) {
        pull.drained = (*page)->drained;
        return pull;
      }
    }
  }

  /// "X=50%", "X=60% of lei:A", …, in the order of the record.
  static std::vector<std::string> owners(const Record& record) {
    const auto texts = [&](const char* field) {
      const Value value = field_value(record, *find_field(field));
      const auto* list = std::get_if<std::vector<std::string>>(&value);
      return list == nullptr ? std::vector<std::string>() : *list;
    };
    const auto names = texts("owners");
    const auto shares = texts("owners.share");
    const auto of = texts("owners.of");
    std::vector<std::string> out;
    for (std::size_t i = 0; i < names.size(); ++i) {
      out.push_back(names[i] + "=" + shares.at(i) + (of.at(i).empty() ? "" : " of " + of[i]));
    }
    return out;
  }
  static std::string text(const Record& record, const char* field) {
    const Value value = field_value(record, *find_field(field));
    const auto* one = std::get_if<std::string>(&value);
    return one == nullptr ? "-" : *one;
  }

  SourceConfig config_;
  std::string cursor_;
  PullWatch watch_;

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Connector> source_;
};

}  // namespace tidewaiter
