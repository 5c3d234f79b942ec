#include "daemon/sources/csv_reader.h"

namespace tidewaiter {

CsvSplitter::Outcome CsvSplitter::split(std::string_view record) {
  cells_.clear();
  unescaped_.clear();
  unescaped_.reserve(record.size());  // so that views into it stay valid
  std::size_t at = 0;
  for (;;) {
    if (at < record.size() && record[at] == '"') {
      ++at;
      if (const Outcome outcome = quoted(record, at); outcome != Outcome::kRecord) {
        return outcome;
      }
    } else {
      const std::size_t end = std::min(record.find(delimiter_, at), record.size());
      const std::string_view cell = record.substr(at, end - at);
      if (cell.find('"') != std::string_view::npos) {
        problem_ = "cell " + std::to_string(cells_.size() + 1) +
                   " has a quote inside; quote the whole cell and double the quote";
        return Outcome::kBad;
      }
      cells_.push_back(cell);
      at = end;
    }
    if (at == record.size()) {
      return Outcome::kRecord;
    }
    ++at;  // the delimiter
  }
}

CsvSplitter::Outcome CsvSplitter::quoted(std::string_view record, std::size_t& at) {
  const std::size_t unescaped_from = unescaped_.size();
  bool doubled = false;
  std::size_t from = at;
  for (;;) {
    const std::size_t quote = record.find('"', at);
    if (quote == std::string_view::npos) {
      return Outcome::kOpenQuote;
    }
    at = quote + 1;
    if (at < record.size() && record[at] == '"') {
      doubled = true;
      unescaped_.append(record.substr(from, at - from));  // one of the two quotes
      from = ++at;
      continue;
    }
    if (at < record.size() && record[at] != delimiter_) {
      problem_ = "cell " + std::to_string(cells_.size() + 1) +
                 " has text after its closing quote; double quotes that belong to the cell";
      return Outcome::kBad;
    }
    if (!doubled) {
      cells_.push_back(record.substr(from, quote - from));
    } else {
      unescaped_.append(record.substr(from, quote - from));
      cells_.push_back(std::string_view(unescaped_).substr(unescaped_from));
    }
    return Outcome::kRecord;
  }
}

}  // namespace tidewaiter
