#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// Splits one CSV record into cells by RFC 4180: cells may stand in double quotes, a quote within
/// is doubled, and quoted cells may hold delimiters and line ends. Strict: a quote within a bare
/// cell, or text after a closing quote, is bad. Reuses its buffers; one thread at a time.
class CsvSplitter {
 public:
  enum class Outcome {
    kRecord,     ///< cells() has its cells
    kOpenQuote,  ///< ends within a quoted cell: the record may go on in the next line
    kBad,        ///< problem() says why
  };

  explicit CsvSplitter(char delimiter) : delimiter_(delimiter) {}

  [[nodiscard]] Outcome split(std::string_view record);

  /// Valid until the next split(), and as long as its argument.
  [[nodiscard]] std::span<const std::string_view> cells() const { return cells_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  /// Reads the quoted cell that begins at `at`, the place after its opening quote; moves `at`
  /// behind its closing quote.
  [[nodiscard]] Outcome quoted(std::string_view record, std::size_t& at);

  char delimiter_;
  std::vector<std::string_view> cells_;
  std::string unescaped_;  ///< text of cells with doubled quotes; never longer than the record
  std::string problem_;
};

}  // namespace tidewaiter
