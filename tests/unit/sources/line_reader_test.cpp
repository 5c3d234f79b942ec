#include "daemon/sources/line_reader.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

/// Bytes from memory, given out in pieces of `step`.
class MemoryStream final : public ByteStream {
 public:
  MemoryStream(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}
  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t count = std::min({step_, out.size(), text_.size() - at_});
    std::copy_n(text_.data() + at_, count, out.data());
    at_ += count;
    return count;
  }
  Result<void> skip(std::int64_t count) override {
    at_ += static_cast<std::size_t>(count);
    return {};
  }
  std::int64_t file_bytes() const override { return static_cast<std::int64_t>(at_); }
  Compression compression() const override { return Compression::kNone; }

 private:
  std::string text_;
  std::size_t step_;
  std::size_t at_ = 0;
};

LineReader reader_of(std::string text, std::size_t step, std::size_t max_line) {
  return LineReader(std::make_unique<MemoryStream>(std::move(text), step), max_line);
}

Line must(Result<std::optional<Line>> line) {
  EXPECT_TRUE(line && *line);
  return line && *line ? **line : Line{};
}

TEST(LineReader, TellsPlacesAndLineEnds) {
  auto reader = reader_of("ab\r\n\nc\rd\nlast", 3, 100);
  Line line = must(reader.next());
  EXPECT_EQ(line.text, "ab");
  EXPECT_EQ(line.offset, 0);
  line = must(reader.next());
  EXPECT_EQ(line.text, "");
  EXPECT_EQ(line.offset, 4);
  EXPECT_EQ(line.number, 2);
  line = must(reader.next());
  EXPECT_EQ(line.text, "c\rd") << "a carriage return alone ends no line";
  line = must(reader.next());
  EXPECT_EQ(line.text, "last");
  EXPECT_EQ(line.number, 4);
  EXPECT_FALSE(line.terminated);
  const auto end = reader.next();
  EXPECT_TRUE(end && !*end);
}

TEST(LineReader, HashesWhatIsTooLongAndGoesOn) {
  const std::string longest(100, 'x');
  const std::string longer(101, 'y');
  auto reader = reader_of(longest + "\n" + longer + "\nok\n" + longer, 7, 100);
  EXPECT_EQ(must(reader.next()).text, longest);
  const Line line = must(reader.next());
  ASSERT_TRUE(line.too_long);
  EXPECT_EQ(*line.too_long, sha256(longer));
  EXPECT_EQ(line.length, 101);
  EXPECT_EQ(line.offset, 101);
  EXPECT_EQ(line.number, 2);
  EXPECT_TRUE(line.terminated);
  EXPECT_EQ(must(reader.next()).text, "ok");
  const Line last = must(reader.next());
  ASSERT_TRUE(last.too_long);
  EXPECT_EQ(*last.too_long, sha256(longer));
  EXPECT_FALSE(last.terminated);
}

TEST(LineReader, ExtendsAndTakesItBack) {
  auto reader = reader_of("a\nbb\r\nccc\nd", 2, 100);
  EXPECT_EQ(must(reader.next()).text, "a");
  EXPECT_EQ(must(reader.extend()).text, "a\nbb");
  EXPECT_EQ(must(reader.extend()).text, "a\nbb\r\nccc");
  EXPECT_EQ(reader.line_feeds(), 3);
  const Line first = reader.keep_first();
  EXPECT_EQ(first.text, "a");
  EXPECT_EQ(reader.line_feeds(), 1);
  const Line second = must(reader.next());
  EXPECT_EQ(second.text, "bb");
  EXPECT_EQ(second.number, 2);
  EXPECT_EQ(second.offset, 2);
}

// However the bytes come in and wherever reading was broken off, the lines are those of a plain
// split.
TEST(LineReader, AgreesWithAPlainSplitFromAnyPlace) {
  for (std::uint32_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::string text(random() % 300, ' ');
    std::ranges::generate(text, [&] { return "ab\n"[random() % 3]; });
    std::vector<std::string> want;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      want.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    const std::size_t broken_off = want.empty() ? 0 : random() % want.size();
    std::int64_t offset = 0;
    std::int64_t feeds = 0;
    std::vector<std::string> got;
    auto first = reader_of(text, 1 + random() % 9, 64);
    for (std::size_t i = 0; i < broken_off; ++i) {
      const Line line = must(first.next());
      got.emplace_back(line.too_long ? std::string() : std::string(line.text));
      offset = first.offset();
      feeds = first.line_feeds();
    }
    auto second = reader_of(text, 1 + random() % 9, 64);
    ASSERT_TRUE(second.skip_to(offset, feeds));
    for (auto line = second.next(); line && *line; line = second.next()) {
      got.emplace_back((*line)->text);
      EXPECT_EQ((*line)->number, static_cast<std::int64_t>(got.size()));
    }
    EXPECT_EQ(got, want);
  }
}

}  // namespace
}  // namespace tidewaiter
