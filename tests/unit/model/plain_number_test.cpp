#include "policies/model/plain_number.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policies/model/digit_block.h"
#include "policies/model/money.h"
#include "policies/model/time.h"
#include "tests/property/random.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

// Beside the general readers, and beside a JSON parser of another hand. What is quick may leave a
// right number to the general way, but only where it says so.

/// A text in a line: what stands behind it is of others.
class InALine {
 public:
  InALine(const std::string& text, Random& random) : bytes_(text), size_(text.size()) {
    static const std::vector<char> others{'0', '7', '9', '.', '"', ',', '}', '-', ' ', '\0', 'e'};
    for (std::size_t i = 0; i < kPlainNumberBytes; ++i) bytes_ += random.one_of(others);
  }
  [[nodiscard]] std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::string bytes_;
  std::size_t size_;
};

std::string random_digits(Random& random, std::int64_t most) {
  std::string digits;
  for (std::int64_t left = random.number(0, most); left > 0; --left) {
    digits += static_cast<char>('0' + random.number(0, 9));
  }
  return digits;
}

/// Mostly a number, with and without sign and decimals; now and then with another byte in it.
std::string random_number_text(Random& random) {
  static const std::vector<char> bytes{'/', ':',  '.',    '-',    '+', 'e',
                                       ' ', '\0', '\x80', '\xb0', 'a'};
  std::string text = random.chance(20) ? "-" : "";
  text += random_digits(random, random.chance(70) ? 9 : 21);
  if (random.chance(60)) text += '.' + random_digits(random, random.chance(80) ? 9 : 20);
  if (!text.empty() && random.chance(20)) {
    text[static_cast<std::size_t>(random.number(0, std::int64_t(text.size()) - 1))] =
        random.one_of(bytes);
  }
  return text;
}

/// The number that a JSON parser reads there. It takes white space, and a NUL as the end.
nlohmann::json json_number(const std::string& text) {
  if (text.find('\0') != std::string::npos || text.find(' ') != std::string::npos) return {};
  const auto read = nlohmann::json::parse(text, nullptr, false);
  return read.is_number() ? read : nlohmann::json();
}

TEST(DigitBlock, KnowsADigitInEveryPlace) {
  for (std::size_t place = 0; place < 8; ++place) {
    for (int c = 0; c < 256; ++c) {
      std::string text = "90817263";
      text[place] = static_cast<char>(c);
      const std::uint64_t values = digit_values(eight_characters(text.data()), 8);
      ASSERT_EQ(are_digits(values), c >= '0' && c <= '9') << place << ' ' << c;
      if (are_digits(values)) {
        EXPECT_EQ(combined_digits(values), std::stoul(text));
      }
    }
  }
}

TEST(PlainNumber, WholeNumbersAreThoseOfJson) {
  over_random_seeds(2, [](std::uint64_t seed) {
    Random random(seed);
    for (int i = 0; i < 50'000; ++i) {
      const std::string text = random_number_text(random);
      const InALine line(text, random);
      std::int64_t number = 0;
      const bool taken = plain_whole(line.text(), number);
      const auto wanted = json_number(text);
      const std::size_t digits = text.size() - (text.starts_with('-') ? 1 : 0);
      ASSERT_EQ(taken, wanted.is_number_integer() && digits <= 18) << text;
      if (taken) {
        ASSERT_EQ(number, wanted.get<std::int64_t>()) << text;
      }
    }
  });
}

TEST(PlainNumber, RealNumbersAreTheNearestOnes) {
  over_random_seeds(2, [](std::uint64_t seed) {
    Random random(seed);
    for (int i = 0; i < 50'000; ++i) {
      const std::string text = random_number_text(random);
      const InALine line(text, random);
      double number = 0;
      const bool taken = plain_real(line.text(), number);
      const bool has_exponent = text.find('e') != std::string::npos;
      ASSERT_EQ(taken, json_number(text).is_number() && !has_exponent) << text;
      if (!taken) continue;
      double wanted = 0;
      ASSERT_EQ(std::from_chars(text.data(), text.data() + text.size(), wanted).ec, std::errc());
      ASSERT_EQ(number, wanted) << text;
      ASSERT_EQ(std::signbit(number), std::signbit(wanted)) << text;
    }
  });
}

TEST(PlainNumber, MoneyIsThatOfParseMoney) {
  over_random_seeds(2, [](std::uint64_t seed) {
    Random random(seed);
    for (int i = 0; i < 50'000; ++i) {
      const std::string text = random_number_text(random);
      const InALine line(text, random);
      std::int64_t number = 0;
      const bool taken = plain_money(line.text(), number);
      const auto wanted = parse_money(text);
      ASSERT_EQ(taken, wanted.has_value()) << text;
      if (taken) {
        ASSERT_EQ(number, wanted->nano_usd) << text;
      }
    }
  });
}

TEST(PlainNumber, DurationsAreThoseOfParseDuration) {
  static const std::vector<std::string> units{"s", "m", "h", "d", "w", "ms", "us", "", "x", "m5s"};
  over_random_seeds(2, [](std::uint64_t seed) {
    Random random(seed);
    for (int i = 0; i < 20'000; ++i) {
      const std::string text = random_digits(random, 8) + random.one_of(units);
      const InALine line(text, random);
      std::int64_t number = 0;
      const bool taken = plain_duration(line.text(), number);
      const auto wanted = parse_duration(text);
      ASSERT_EQ(taken, wanted.has_value()) << text;
      if (taken) {
        ASSERT_EQ(number, wanted->us) << text;
      }
    }
  });
}

}  // namespace
}  // namespace tidewaiter
