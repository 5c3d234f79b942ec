#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "daemon/sources/connector.h"
#include "policies/language/expression.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {

/// 2026-01-02T00:00:00Z, when all polls of these tests happen unless they say otherwise.
inline constexpr UtcTime kNow{1'767'312'000'000'000};

inline Expr expression(std::string_view text, const std::vector<ExprScope::Named>& columns) {
  ExprScope scope;
  scope.columns = columns;
  std::vector<Diagnostic> diagnostics;
  auto expr = parse_expression(text, scope, {}, diagnostics);
  for (const auto& diagnostic : diagnostics) {
    ADD_FAILURE() << to_text(diagnostic);
  }
  return expr.value_or(Expr{});
}

inline std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string in(text);
  std::string out(compressBound(static_cast<uLong>(in.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

inline std::string zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

/// A folder of its own, files in it that have rested for a day, and a source that reads them.
class FileScene : public testing::Test {
 protected:
  FileScene() {
    config_.name = "gw";
    config_.kind = "file";
    config_.base = folder_.path();
    config_.path = "log.jsonl";
  }

  [[nodiscard]] std::filesystem::path at(std::string_view name) const { return folder_ / name; }

  /// Sets the file's time of change: by default a day before kNow.
  void touch(std::string_view name, UtcTime changed = kNow - kDay) const {
    const timespec time{changed.us / 1'000'000, (changed.us % 1'000'000) * 1000};
    const timespec times[2] = {time, time};
    ASSERT_EQ(utimensat(AT_FDCWD, at(name).c_str(), times, 0), 0);
  }
  void write(std::string_view name, std::string_view text, UtcTime changed = kNow - kDay) const {
    std::ofstream(at(name), std::ios::binary | std::ios::trunc) << text;
    touch(name, changed);
  }
  void append(std::string_view name, std::string_view text, UtcTime changed = kNow - kDay) const {
    std::ofstream(at(name), std::ios::binary | std::ios::app) << text;
    touch(name, changed);
  }

  /// Native lines of the accounts, one a minute from 2026-01-01T00:00:00Z on.
  static std::string lines(const std::vector<std::string>& accounts, int minute = 0) {
    std::string out;
    for (const auto& account : accounts) {
      out += line(account, minute++) + "\n";
    }
    return out;
  }
  static std::string line(const std::string& account, int minute) {
    const UtcTime time{1'767'225'600'000'000 + minute * kMinute.us};
    return R"({"kind":"usage","time":")" + format_time(time) + R"(","account":")" + account + "\"}";
  }

  void use_csv(std::vector<ExprScope::Named> columns,
               const std::vector<std::pair<std::string, std::string>>& mapping) {
    config_.format = FileFormat::kCsv;
    Mapping to{.columns = columns,
               .time = {},
               .duration = std::nullopt,
               .requests = std::nullopt,
               .fields = {},
               .identity_by_place = false};
    for (const auto& [name, text] : mapping) {
      Expr expr = expression(text, columns);
      if (name == "time") {
        to.time = std::move(expr);
      } else if (name == "duration") {
        to.duration = std::move(expr);
      } else if (name == "requests") {
        to.requests = std::move(expr);
      } else {
        const auto field = find_field(name);
        ASSERT_TRUE(field) << name;
        to.fields.emplace_back(*field, std::move(expr));
      }
    }
    config_.mapping = std::move(to);
  }
  /// A table of time and account.
  void use_small_csv() {
    config_.path = "log.csv";
    use_csv({{"at", ValueType::kTimestamp}, {"who", ValueType::kString}, {"n", ValueType::kInt64}},
            {{"time", "at"}, {"account", "who"}, {"requests", "n"}});
  }

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

  /// What a poll gives until there is no more for now.
  struct Poll {
    std::vector<Page> pages;
    std::vector<std::string> accounts;  ///< of the records, in order
    std::vector<QuarantinedInput> bad;
    std::optional<Interval> drained;
    std::optional<Error> error;
  };
  Poll poll(UtcTime now = kNow) {
    Poll poll;
    for (;;) {
      auto page = source().next(cursor_, now, watch_);
      if (!page) {
        poll.error = page.error();
        return poll;
      }
      if (!*page) {
        return poll;
      }
      cursor_ = (*page)->cursor;
      for (const Record& record : (*page)->records) {
        const Value* account = find_value(record, *find_field("account"));
        poll.accounts.push_back(account != nullptr ? std::get<std::string>(*account) : "-");
      }
      poll.bad.insert(poll.bad.end(), (*page)->quarantine.begin(), (*page)->quarantine.end());
      if ((*page)->drained) {
        poll.drained = (*page)->drained;
      }
      poll.pages.push_back(**std::move(page));
    }
  }

  SourceConfig config_;
  std::string cursor_;
  PullWatch watch_;

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Connector> source_;
};

}  // namespace tidewaiter
