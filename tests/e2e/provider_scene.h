#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>

#include <gtest/gtest.h>

#include "daemon/simulate/provider_server.h"
#include "daemon/sources/connector.h"
#include "policies/model/digest.h"
#include "storage/records/own_records.h"
#include "storage/records/record_log.h"

namespace tidewaiter {

// A provider that does not exist, and sources that read it.

/// The key that sources bring. It may stand in no file.
inline constexpr const char* kProviderKey = "canary-k3y-0042";

/// Of all files of a folder, of which there are some.
inline void expect_no_key_in(const std::filesystem::path& folder) {
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_EQ(bytes.find(kProviderKey), std::string::npos) << entry.path();
  }
  EXPECT_GE(files, 1);
}

inline UtcTime provider_time() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
}

/// A provider in a thread of its own.
class Provider {
 public:
  explicit Provider(HostileMode mode, std::int64_t most_buckets = 24,
                    std::function<UtcTime()> now = provider_time) {
    ProviderOptions options;
    options.address = {"127.0.0.1", 0};
    options.model = {7, 5};
    options.mode = mode;
    options.most_buckets = most_buckets;
    options.now = std::move(now);
    server_ = ProviderServer::listen(std::move(options)).value();
    thread_ = std::jthread(
        [this](const std::stop_token& stop) { EXPECT_TRUE(server_->run(stop).has_value()); });
  }
  [[nodiscard]] std::string host() const {
    return "http://127.0.0.1:" + std::to_string(server_->port());
  }

 private:
  std::unique_ptr<ProviderServer> server_;
  std::jthread thread_;
};

inline std::int64_t number_of(const Record& record, std::string_view field) {
  const Value value = field_value(record, *find_field(field));
  return std::holds_alternative<std::int64_t>(value) ? std::get<std::int64_t>(value) : -1;
}

inline std::string text_of(const Record& record, std::string_view field) {
  const Value value = field_value(record, *find_field(field));
  return std::holds_alternative<std::string>(value) ? std::get<std::string>(value) : "";
}

/// All entries of a log from its beginning; the last version of each record, by id, but for what
/// the log tells of its own sources.
inline std::map<Digest, Record> stored_in(const RecordLog& records) {
  std::map<Digest, Record> stored;
  LogOffset at;
  while (true) {
    const auto chunk = records.read(at);
    if (!chunk || chunk->entries.empty()) {
      EXPECT_TRUE(chunk) << chunk.error().message;
      return stored;
    }
    for (const LogEntry& entry : chunk->entries) {
      const auto* const record = std::get_if<Record>(&entry.body);
      if (record != nullptr && record->source != kOwnSource) stored[record->id] = *record;
    }
    at = chunk->end;
  }
}

/// What sources find their secrets in. A key that seals payment instruments is beside the one that
/// they bring.
inline Variables provider_variables() {
  return {{"KEY", kProviderKey}, {"SEAL", "canary-seal-of-32-bytes-or-more-0"}};
}

/// What a pull did.
struct Pulled {
  std::int64_t added = 0;
  std::int64_t revised = 0;
  std::int64_t quarantined = 0;
  std::optional<Error> error;
};

/// Pulls a source once into a record log, page by page, as the pipeline does.
inline Pulled pull_once(const SourceConfig& source, RecordLog& log, RetryRule retry = {},
                        const std::function<UtcTime()>& now = provider_time) {
  SourceServices services;
  services.retry = retry;
  services.now = now;
  services.variables = provider_variables();
  const auto connector = make_connector(source, services).value();
  Pulled pulled;
  std::string cursor = log.source(source.name).value().cursor;
  while (true) {
    auto page = connector->next(cursor, now(), {});
    if (!page) {
      pulled.error = page.error();
      return pulled;
    }
    if (!*page) return pulled;
    const PageReceipt receipt = log.append(**page, now()).value();
    pulled.added += receipt.added;
    pulled.revised += receipt.revised;
    pulled.quarantined += receipt.quarantined;
    EXPECT_NE((*page)->cursor, cursor);
    cursor = (*page)->cursor;
    if ((*page)->drained) return pulled;
  }
}

}  // namespace tidewaiter
