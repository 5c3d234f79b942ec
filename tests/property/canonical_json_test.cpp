// What CanonicalJson takes, against parsing and writing anew: over random documents as they are
// written canonically, and over the same bytes with a few of them changed.

#include "policies/model/canonical_json.h"

#include <bit>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "policies/model/jcs.h"
#include "tests/property/canonical_tree.h"
#include "tests/property/random.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

using nlohmann::json;

std::string random_text(Random& random) {
  static const std::vector<std::string> parts{"a",
                                              "b",
                                              "ab",
                                              "value",
                                              "long enough for eight bytes",
                                              "\"",
                                              "\\",
                                              "\b",
                                              "\t",
                                              "\n",
                                              "\f",
                                              "\r",
                                              "/",
                                              "\x01",
                                              "\x1f",
                                              "\x7f",
                                              std::string(1, '\0'),
                                              "\xc2\x80",
                                              "é",
                                              "\u20ac",
                                              "\ud7ff",
                                              "\ue000",
                                              "\ufb33",
                                              "\uffff",
                                              "😀",
                                              "\U00010000",
                                              "\U0010ffff"};
  std::string text;
  for (std::int64_t i = random.number(0, 4); i > 0; --i) text += random.one_of(parts);
  return text;
}

json random_number(Random& random) {
  switch (random.number(0, 4)) {
    case 0:
      return random.number(-20, 20);
    case 1:
      return random.number(-9'007'199'254'740'991, 9'007'199'254'740'991);
    case 2:
      return static_cast<double>(random.number(-1'000'000, 1'000'000)) / 1024;
    case 3:
      return std::pow(10.0, static_cast<double>(random.number(-30, 30)));
    default: {
      const auto bits = static_cast<std::uint64_t>(random.number(INT64_MIN, INT64_MAX));
      const auto value = std::bit_cast<double>(bits);
      return std::isfinite(value) ? json(value) : json(0.5);
    }
  }
}

json random_document(Random& random, int depth) {
  const std::int64_t kind = random.number(0, depth > 0 ? 6 : 3);
  if (kind == 0) return random_number(random);
  if (kind == 1) return random_text(random);
  if (kind == 2) return nullptr;
  if (kind == 3) return random.chance(50);
  json container = kind == 4 ? json::array() : json::object();
  for (std::int64_t i = random.number(0, 5); i > 0; --i) {
    json value = random_document(random, depth - 1);
    if (kind == 4) {
      container.push_back(std::move(value));
    } else {
      container[random_text(random)] = std::move(value);
    }
  }
  return container;
}

std::string mutated(Random& random, std::string text) {
  using namespace std::string_view_literals;
  constexpr auto kBytes = "\0\x1f \"\\/{}[]:,-+.eE0189abcdefnrtu\x7f\x80\xbf\xc2\xed\xf0"sv;
  for (std::int64_t i = random.number(1, 3); i > 0 && !text.empty(); --i) {
    const auto last = static_cast<std::int64_t>(text.size()) - 1;
    const auto at = static_cast<std::size_t>(random.number(0, last));
    const char byte = kBytes[static_cast<std::size_t>(
        random.number(0, static_cast<std::int64_t>(kBytes.size()) - 1))];
    switch (random.number(0, 4)) {
      case 0:
        text.erase(at, 1);
        break;
      case 1:
        text.insert(at, 1, byte);
        break;
      case 2:
        std::swap(text[at], text[static_cast<std::size_t>(random.number(0, last))]);
        break;
      case 3:  // members and elements twice, or in another place
        text.insert(at, text.substr(static_cast<std::size_t>(random.number(0, last)), 8));
        break;
      default:
        text[at] = byte;
    }
  }
  return text;
}

void expect_agreement(CanonicalJson& document, const std::string& text) {
  const bool is_canonical = document.read(text);
  ASSERT_EQ(is_canonical, is_jcs(text)) << text;
  if (!is_canonical) {
    ASSERT_FALSE(document.root().exists());
    return;
  }
  ASSERT_EQ(document.root().bytes(), text);
  ASSERT_EQ(told_tree(document.root()), parse_json_strict(text).value()) << text;
}

TEST(CanonicalJsonProperty, JudgesAsParsingAndWritingAnewDo) {
  over_random_seeds(20, [](std::uint64_t seed) {
    Random random(seed);
    CanonicalJson document;
    int still_canonical = 0;
    for (int i = 0; i < 500; ++i) {
      const Result<std::string> text = to_jcs(random_document(random, 4));
      if (!text) continue;  // a double that would be written as a whole number, too large
      ASSERT_TRUE(document.read(*text)) << *text;
      expect_agreement(document, *text);
      for (int k = 0; k < 8; ++k) {
        const std::string changed = mutated(random, *text);
        expect_agreement(document, changed);
        still_canonical += document.root().exists() ? 1 : 0;
      }
    }
    EXPECT_GT(still_canonical, 0);
  });
}

}  // namespace
}  // namespace tidewaiter
