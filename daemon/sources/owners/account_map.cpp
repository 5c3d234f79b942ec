#include "daemon/sources/owners/account_map.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "daemon/sources/byte_stream.h"
#include "daemon/sources/csv_reader.h"
#include "daemon/sources/line_reader.h"
#include "daemon/sources/owners/statement_json.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kMostAccountLines = 1'000'000;
constexpr std::string_view kMapMark = "\xef\xbb\xbf";

tl::unexpected<Error> map_fault(std::string message, const std::string& path, std::int64_t line) {
  return fail(ErrorCode::kInvalidInput, std::move(message), path + ":" + std::to_string(line));
}

/// Positions of the two columns.
struct MapColumns {
  std::size_t account = 0;
  std::size_t identifier = 0;
};

std::optional<MapColumns> columns_of(std::span<const std::string_view> header) {
  const auto account = std::ranges::find(header, "account");
  const auto identifier = std::ranges::find(header, "identifier");
  if (account == header.end() || identifier == header.end()) return std::nullopt;
  return MapColumns{static_cast<std::size_t>(account - header.begin()),
                    static_cast<std::size_t>(identifier - header.begin())};
}

/// The lines of the file behind its header.
class MapLines {
 public:
  MapLines(std::string path, std::unique_ptr<ByteStream> bytes)
      : path_(std::move(path)), lines_(std::move(bytes)), splitter_(',') {}

  /// `account` and `identifier` of the next one; nothing at the end.
  Result<std::optional<std::array<std::string, 2>>> next() {
    for (;;) {
      const auto line = lines_.next();
      if (!line) return tl::unexpected(line.error());
      if (!*line) return std::nullopt;
      std::string_view text = (*line)->text;
      if ((*line)->offset == 0 && text.starts_with(kMapMark)) text.remove_prefix(kMapMark.size());
      if (text.empty() && !(*line)->too_long) continue;
      number_ = (*line)->number;
      if ((*line)->too_long || splitter_.split(text) != CsvSplitter::Outcome::kRecord) {
        return map_fault("it is no line of CSV", path_, number_);
      }
      const auto cells = splitter_.cells();
      if (columns_) return cells_of(cells);
      columns_ = columns_of(cells);
      if (!columns_) {
        return map_fault("the header has no columns `account` and `identifier`", path_, number_);
      }
    }
  }
  [[nodiscard]] std::int64_t number() const { return number_; }

 private:
  Result<std::optional<std::array<std::string, 2>>> cells_of(
      std::span<const std::string_view> cells) const {
    if (std::max(columns_->account, columns_->identifier) >= cells.size()) {
      return map_fault("it has fewer cells than the header", path_, number_);
    }
    return std::array{std::string(cells[columns_->account]),
                      std::string(cells[columns_->identifier])};
  }

  std::string path_;
  LineReader lines_;
  CsvSplitter splitter_;
  std::optional<MapColumns> columns_;
  std::int64_t number_ = 1;
};

}  // namespace

Result<void> AccountMap::take(const std::string& account, const std::string& written,
                              std::int64_t number) {
  const std::size_t colon = written.find(':');
  if (account.empty()) return map_fault("`account` is empty", path_, number);
  if (colon == std::string::npos || colon == 0 || colon + 1 == written.size()) {
    return map_fault("`" + written + "` is no identifier: write scheme and value, such as `lei:…`",
                     path_, number);
  }
  const std::string identifier =
      stated_identifier(written.substr(0, colon), written.substr(colon + 1));
  lines_.push_back({account, identifier, number});
  accounts_[ascii_lower(identifier)].insert(account);
  if (lines_.size() > kMostAccountLines) {
    return map_fault("it has more than 1,000,000 lines", path_, number);
  }
  return {};
}

Result<AccountMap> AccountMap::read(const std::filesystem::path& path, const PullWatch& watch) {
  AccountMap map;
  map.path_ = path.string();
  Result<InputFile> file = InputFile::open(path);
  if (!file) {
    Error error = file.error();
    // The file is the configuration's: that it is not there yet is no loss of input.
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kUnavailable;
    return tl::unexpected(std::move(error));
  }
  auto bytes = open_byte_stream(*std::move(file), watch);
  if (!bytes) return tl::unexpected(bytes.error());
  MapLines lines(map.path_, *std::move(bytes));
  for (;;) {
    const auto cells = lines.next();
    if (!cells) return tl::unexpected(cells.error());
    if (!*cells) break;
    if (auto taken = map.take((**cells)[0], (**cells)[1], lines.number()); !taken) {
      return tl::unexpected(taken.error());
    }
  }
  if (map.lines_.empty()) return map_fault("it names no account", map.path_, 1);
  return map;
}

void AccountMap::take_ids_of(std::string_view scheme) { scheme_ = stated_identifier(scheme, {}); }

std::set<std::string> AccountMap::accounts_of(const std::vector<std::string>& identifiers) const {
  std::set<std::string> accounts;
  for (const std::string& identifier : identifiers) {
    const auto found = accounts_.find(ascii_lower(identifier));
    if (found != accounts_.end()) accounts.insert(found->second.begin(), found->second.end());
    if (scheme_.size() > 1 && identifier.starts_with(scheme_) &&
        identifier.size() > scheme_.size()) {
      accounts.insert(identifier.substr(scheme_.size()));
    }
  }
  return accounts;
}

std::set<std::string> AccountMap::named_by(const std::vector<std::string>& identifiers) const {
  std::set<std::string> named;
  for (const std::string& identifier : identifiers) {
    std::string folded = ascii_lower(identifier);
    if (accounts_.contains(folded)) named.insert(std::move(folded));
  }
  return named;
}

std::vector<const AccountMap::Line*> AccountMap::lines_without(
    const std::set<std::string>& named) const {
  std::vector<const Line*> without;
  for (const Line& line : lines_) {
    if (!named.contains(ascii_lower(line.identifier))) without.push_back(&line);
  }
  return without;
}

Digest AccountMap::digest() const {
  Sha256 hash;
  hash.update_framed(scheme_);
  for (const Line& line : lines_) hash.update_framed(line.account).update_framed(line.identifier);
  return hash.finish();
}

}  // namespace tidewaiter
