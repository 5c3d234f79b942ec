#include "daemon/sources/file_cursor.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "policies/model/base64.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

constexpr std::int64_t kRecentLines = 20'000;
constexpr std::size_t kNamedBadLines = 3;
constexpr std::size_t kShownReason = 160;
constexpr int kVersion = 1;

nlohmann::json to_json(const FileEntry& entry) {
  nlohmann::json json = {{"path", entry.path},
                         {"device", entry.facts.device},
                         {"inode", entry.facts.inode},
                         {"size", entry.facts.size},
                         {"modified_us", entry.facts.modified_us},
                         {"head_length", entry.head_length},
                         {"head", to_hex(entry.head)},
                         {"at_end", entry.at_end},
                         {"held", entry.held},
                         {"offset", entry.offset},
                         {"line_feeds", entry.line_feeds},
                         {"first_line", entry.first_line},
                         {"lines", entry.lines}};
  if (!is_utf8(entry.path)) {
    json["path_bytes"] = to_base64(entry.path, Base64::kStandard);
  }
  if (entry.bad > 0) {
    json["bad"] = entry.bad;
    json["first_bad"] = entry.first_bad;
  }
  return json;
}

/// Throws nlohmann's exceptions; caught by file_cursor_from_text().
Result<FileEntry> entry_from_json(const nlohmann::json& json) {
  FileEntry entry;
  entry.path = json.at("path").get<std::string>();
  if (json.contains("path_bytes")) {
    const auto bytes = from_base64(json.at("path_bytes").get<std::string>(), Base64::kStandard);
    if (!bytes) {
      return fail(ErrorCode::kCorruption, "the source's cursor has a path that is not base64");
    }
    entry.path = *bytes;
  }
  entry.facts.device = json.at("device").get<std::uint64_t>();
  entry.facts.inode = json.at("inode").get<std::uint64_t>();
  entry.facts.size = json.at("size").get<std::int64_t>();
  entry.facts.modified_us = json.at("modified_us").get<std::int64_t>();
  entry.head_length = json.at("head_length").get<std::int64_t>();
  entry.at_end = json.at("at_end").get<bool>();
  entry.held = json.at("held").get<bool>();
  entry.offset = json.at("offset").get<std::int64_t>();
  entry.line_feeds = json.at("line_feeds").get<std::int64_t>();
  entry.first_line = json.at("first_line").get<std::string>();
  entry.lines = json.at("lines").get<std::int64_t>();
  entry.bad = json.value("bad", std::int64_t{0});
  entry.first_bad = json.value("first_bad", std::vector<std::string>{});
  const auto head = digest_from_hex(json.at("head").get<std::string>());
  if (!head || entry.head_length < 0 || entry.head_length > kHeadLength || entry.offset < 0) {
    return fail(ErrorCode::kCorruption, "the source's cursor has impossible values");
  }
  entry.head = *head;
  return entry;
}

/// Throws as entry_from_json().
Result<void> read_entries(const nlohmann::json& json, std::vector<FileEntry>& entries) {
  for (const auto& item : json) {
    auto entry = entry_from_json(item);
    if (!entry) {
      return tl::unexpected(entry.error());
    }
    entries.push_back(*std::move(entry));
  }
  return {};
}

}  // namespace

void note_line(FileEntry& entry, std::int64_t number, const std::string* problem) {
  ++entry.lines;
  if (problem != nullptr) {
    ++entry.bad;
    if (entry.first_bad.size() < kNamedBadLines) {
      std::string reason = problem->substr(0, kShownReason);
      // Not within a UTF-8 sequence: the cursor is JSON.
      while (reason.size() < problem->size() && !reason.empty() &&
             (static_cast<unsigned char>((*problem)[reason.size()]) & 0xc0U) == 0x80U) {
        reason.pop_back();
      }
      entry.first_bad.push_back("line " + std::to_string(number) + ": " + reason);
    }
  }
  if (entry.lines >= kRecentLines) {
    entry.lines /= 2;
    entry.bad /= 2;
    if (entry.bad == 0) {
      entry.first_bad.clear();
    }
  }
}

void widen(std::optional<Interval>& seen, const Interval& more) {
  if (!seen) {
    seen = more;
    return;
  }
  seen->from = std::min(seen->from, more.from);
  seen->to = std::max(seen->to, more.to);
}

Interval up_to(const Interval& interval, UtcTime now) {
  return {std::min(interval.from, now), std::min(interval.to, now)};
}

Result<bool> has_content_of(const InputFile& input, const FileFacts& facts,
                            const FileEntry& entry) {
  if (facts.size < entry.facts.size) {
    return false;
  }
  const auto head = input.hash_head(entry.head_length);
  if (!head) {
    return tl::unexpected(head.error());
  }
  return *head == entry.head;
}

std::string describe_gone(const FileEntry& entry) {
  return "`" + entry.path + "` is gone; it had been read to byte " + std::to_string(entry.offset) +
         (read_to_end(entry) ? ", its end" : ", not to its end");
}

std::string to_text(const FileCursor& cursor) {
  nlohmann::json json = {{"version", kVersion},
                         {"query", cursor.query},
                         {"undrained", cursor.undrained},
                         {"backfill_done", cursor.backfill_done},
                         {"files", nlohmann::json::array()}};
  if (cursor.seen) {
    json["seen"] = {cursor.seen->from.us, cursor.seen->to.us};
  }
  for (const FileEntry& entry : cursor.files) {
    json["files"].push_back(to_json(entry));
  }
  for (const FileEntry& entry : cursor.gone) {
    json["gone"].push_back(to_json(entry));
  }
  // Names and reasons may hold any bytes: what is not UTF-8 is replaced for whoever reads it. A
  // path is there once more as bytes, since its folder is where a renamed file is looked for.
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<FileCursor> file_cursor_from_text(std::string_view text) {
  try {
    const auto json = nlohmann::json::parse(text);
    FileCursor cursor;
    if (json.at("version").get<int>() != kVersion) {
      return fail(ErrorCode::kCorruption, "the source's cursor is of another version");
    }
    cursor.query = json.at("query").get<std::string>();
    cursor.undrained = json.at("undrained").get<bool>();
    cursor.backfill_done = json.at("backfill_done").get<bool>();
    if (json.contains("seen")) {
      const auto seen = json.at("seen").get<std::vector<std::int64_t>>();
      cursor.seen = Interval{{seen.at(0)}, {seen.at(1)}};
    }
    if (auto read = read_entries(json.at("files"), cursor.files); !read) {
      return tl::unexpected(read.error());
    }
    if (json.contains("gone")) {
      if (auto read = read_entries(json.at("gone"), cursor.gone); !read) {
        return tl::unexpected(read.error());
      }
    }
    return cursor;
  } catch (const std::exception& e) {
    return fail(ErrorCode::kCorruption,
                std::string("the source's cursor is unreadable: ") + e.what());
  }
}

}  // namespace tidewaiter
