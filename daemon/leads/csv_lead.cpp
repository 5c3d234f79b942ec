#include "daemon/leads/csv_lead.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "daemon/leads/stix_marking.h"
#include "daemon/sources/csv_reader.h"
#include "policies/model/ascii.h"
#include "policies/model/trimmed.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostRecordBytes = std::size_t{64} << 10U;
/// The type of a column whose cells are markings.
constexpr std::string_view kMarking = "marking";

/// What a column of a name is about; several names mean one.
struct NamedColumn {
  std::string_view name;
  std::string_view type;
};
constexpr std::array<NamedColumn, 26> kColumns{{
    {"account", "account"},           {"account_id", "account"},
    {"address", "ip-addr"},           {"api_key", "api_key"},
    {"api_key_id", "api_key"},        {"domain", "domain-name"},
    {"domain_name", "domain-name"},   {"email", "email-addr"},
    {"email_addr", "email-addr"},     {"email_address", "email-addr"},
    {"end_user", "end_user"},         {"end_user_id", "end_user"},
    {"handling", kMarking},           {"ip", "ip-addr"},
    {"ip_address", "ip-addr"},        {"ipv4_addr", "ipv4-addr"},
    {"ipv6_addr", "ipv6-addr"},       {"marking", kMarking},
    {"organisation", "organization"}, {"organisation_id", "organization"},
    {"organization", "organization"}, {"organization_id", "organization"},
    {"subject", "subject"},           {"tlp", kMarking},
    {"user_account", "account"},      {"user_id", "account"},
}};

constexpr std::string_view kBlanks = " \t\r";

/// A column's name in lower case, with `_` for blanks and hyphens.
std::string column_name(std::string_view cell) {
  std::string name = ascii_lower(trimmed(cell, kBlanks));
  std::ranges::replace_if(
      name, [](char c) { return c == ' ' || c == '-'; }, '_');
  return name;
}

/// The one that a line has most of, of two alike the first.
char delimiter_of(std::string_view line) {
  constexpr std::array<char, 3> kDelimiters{',', ';', '\t'};
  return *std::ranges::max_element(kDelimiters, {},
                                   [line](char c) { return std::ranges::count(line, c); });
}

/// Takes the lines of a file in turn.
class LineCursor {
 public:
  explicit LineCursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool is_done() const { return rest_.empty(); }
  /// The number of the next line, from 1.
  [[nodiscard]] std::size_t line() const { return line_; }
  [[nodiscard]] std::string_view peek_line() const { return rest_.substr(0, rest_.find('\n')); }

  /// The lines up to one whose quotes are all closed; nothing where none is near enough.
  [[nodiscard]] std::optional<std::string_view> peek_quoted() const {
    bool is_open = false;
    for (std::size_t at = 0; at < std::min(rest_.size(), kMostRecordBytes); ++at) {
      if (rest_[at] == '"') is_open = !is_open;
      if (rest_[at] == '\n' && !is_open) return rest_.substr(0, at);
    }
    return !is_open && rest_.size() <= kMostRecordBytes ? std::optional(rest_) : std::nullopt;
  }

  /// Passes over what was peeked at, and its line end.
  void skip(std::string_view peeked) {
    line_ += 1 + static_cast<std::size_t>(std::ranges::count(peeked, '\n'));
    rest_.remove_prefix(std::min(peeked.size() + 1, rest_.size()));
  }

 private:
  std::string_view rest_;
  std::size_t line_ = 1;
};

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

class CsvLeadReader {
 public:
  CsvLeadReader(std::string_view text, const std::string& path)
      : lines_(text), splitter_(delimiter_of(lines_.peek_line())), path_(path) {}

  Result<LeadFile> read() {
    bool is_first = true;
    while (!lines_.is_done()) {
      const Result<bool> split = split_record();
      if (!split) return tl::unexpected(split.error());
      if (!*split) continue;
      if (is_first) {
        read_header(splitter_.cells());
      } else {
        read_row(splitter_.cells());
      }
      is_first = false;
    }
    return lead_.finish();
  }

 private:
  /// Whether the next record has cells. One that is no CSV is counted, and lines without anything
  /// are passed over. Errors: kInvalidInput for a quote that is not closed, and for names of
  /// columns that are no CSV.
  Result<bool> split_record() {
    const std::size_t from = lines_.line();
    std::string_view record = lines_.peek_line();
    auto outcome = splitter_.split(without_return(record));
    if (outcome == CsvSplitter::Outcome::kOpenQuote) {
      const auto whole = lines_.peek_quoted();
      if (whole) outcome = splitter_.split(without_return(record = *whole));
      // What a bad quote has taken along may be any number of rows.
      if (!whole || outcome != CsvSplitter::Outcome::kRecord) {
        return no_table("a quote that is not closed", from);
      }
    }
    lines_.skip(record);
    if (outcome == CsvSplitter::Outcome::kRecord) return !trimmed(record, kBlanks).empty();
    if (types_.empty()) return no_table(splitter_.problem(), from);
    lead_.count_unread("row that is no CSV");
    return false;
  }

  [[nodiscard]] tl::unexpected<Error> no_table(const std::string& why, std::size_t line) const {
    return fail(ErrorCode::kInvalidInput,
                why + ": expected a table in CSV, its first line the names of the columns",
                path_ + ':' + std::to_string(line));
  }

  void read_header(std::span<const std::string_view> cells) {
    for (const std::string_view cell : cells) {
      const std::string name = column_name(cell);
      const auto* const known = std::ranges::find(kColumns, name, &NamedColumn::name);
      types_.push_back(known == kColumns.end() ? std::string_view() : known->type);
      if (known == kColumns.end()) {
        lead_.count_unread("column " + plain_word(name, "of another name"));
      }
    }
  }

  void read_row(std::span<const std::string_view> cells) {
    lead_.begin_part(take_markings(cells));
    bool names = false;
    for (std::size_t i = 0; i < std::min(cells.size(), types_.size()); ++i) {
      const std::string_view cell = trimmed(cells[i], kBlanks);
      if (types_[i].empty() || types_[i] == kMarking || cell.empty()) continue;
      names = true;
      lead_.take_value(std::string(types_[i]), std::string(cell));
    }
    if (!names) lead_.count_unread("row that names none");
    if (cells.size() > types_.size()) lead_.count_unread("row with more cells than columns");
  }

  /// Whether the row has a marking by TLP.
  bool take_markings(std::span<const std::string_view> cells) {
    constexpr std::string_view kPrefix = "tlp:";
    bool is_marked = false;
    for (std::size_t i = 0; i < std::min(cells.size(), types_.size()); ++i) {
      std::string word = ascii_lower(trimmed(cells[i], kBlanks));
      if (types_[i] != kMarking || word.empty()) continue;
      if (word.starts_with(kPrefix)) word.erase(0, kPrefix.size());
      if (const TlpMarking* const tlp = tlp_of_value(word)) {
        lead_.take_marking(*tlp);
        is_marked = true;
      } else {
        lead_.take_other_marking(false);
      }
    }
    return is_marked;
  }

  LineCursor lines_;
  CsvSplitter splitter_;
  const std::string& path_;
  LeadFileMaker lead_;
  std::vector<std::string_view> types_;  // of the columns; empty of one that names nobody
};

}  // namespace

bool is_csv(std::string_view file_name) { return ascii_lower(file_name).ends_with(".csv"); }

Result<LeadFile> read_csv_lead(std::string_view bytes, const std::string& path) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (is_utf8(bytes)) return CsvLeadReader(bytes, path).read();
  std::size_t line = 1;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = utf8_length_at(bytes, at);
    if (length == 0) break;
    if (bytes[at] == '\n') ++line;
    at += length;
  }
  return fail(ErrorCode::kInvalidInput, "the table is not in UTF-8: save it as CSV in UTF-8",
              path + ':' + std::to_string(line));
}

}  // namespace tidewaiter
