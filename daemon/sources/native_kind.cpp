#include "daemon/sources/native_kind.h"

#include <utility>
#include <vector>

#include "daemon/sources/byte_stream.h"
#include "daemon/sources/file_listing.h"
#include "daemon/sources/line_reader.h"
#include "policies/model/record_json.h"

namespace tidewaiter {
namespace {

constexpr int kMostLines = 1000;

Result<std::optional<RecordKind>> kind_in(const ListedFile& listed, int& lines) {
  Result<InputFile> file = InputFile::open(listed.path);
  if (!file) return tl::unexpected(file.error());
  const PullWatch watch;
  auto bytes = open_byte_stream(std::move(*file), watch);
  if (!bytes) return tl::unexpected(bytes.error());
  LineReader reader(std::move(*bytes));
  RecordJsonReader records;
  for (; lines < kMostLines; ++lines) {
    const Result<std::optional<Line>> line = reader.next();
    if (!line) return tl::unexpected(line.error());
    if (!*line) return std::nullopt;
    if (const auto record = records.read((*line)->text, Record{})) return record->kind;
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<RecordKind>> native_kind(const SourceConfig& config) {
  const Result<std::vector<ListedFile>> files = list_files(config);
  if (!files) return tl::unexpected(files.error());
  int lines = 0;
  for (const ListedFile& file : *files) {
    auto kind = kind_in(file, lines);
    if (!kind || *kind) return kind;
  }
  return std::nullopt;
}

}  // namespace tidewaiter
