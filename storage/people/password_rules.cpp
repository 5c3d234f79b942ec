#include "storage/people/password_rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <vector>

#include "policies/model/ascii.h"
#include "policies/model/utf8.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kLeastDifferent = 5;
constexpr std::size_t kLeastBeside = 8;
constexpr std::size_t kLeastRun = 4;
constexpr std::size_t kLeastWord = 3;  // shorter ones stand in other words by chance

/// What is typed where a password has to be made up, and words that stand at the head of lists of
/// those that were found the most often. It is no list of compromised passwords.
constexpr std::array<std::string_view, 32> kCommonWords{
    "tidewaiter", "password",  "passwort", "passphrase", "passw0rd", "welcome",  "willkommen",
    "letmein",    "changeme",  "qwerty",   "secret",     "geheim",   "iloveyou", "administrator",
    "admin",      "superuser", "default",  "monkey",     "dragon",   "sunshine", "princess",
    "football",   "baseball",  "superman", "batman",     "trustno1", "whatever", "starwars",
    "shadow",     "master",    "computer", "internet"};

/// The row of keys and the alphabet, which nobody has to remember.
constexpr std::array<std::string_view, 7> kOrders{
    "abcdefghijklmnopqrstuvwxyz",  "01234567890123456789",       "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",  "azertyuiopqsdfghjklmwxcvbn", "1234567890qwertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm"};

/// The text in lower case, forwards or backwards: wiped as the password itself.
Password lower_copy(std::string_view text, bool backwards) {
  Password copy;
  for (std::size_t i = 0; i < text.size(); ++i) {
    copy.add(ascii_lower(backwards ? text[text.size() - 1 - i] : text[i]));
  }
  return copy;
}

/// After how many bytes the text begins again; its length if it does not.
std::size_t period_of(std::string_view text) {
  for (std::size_t period = 1; period <= text.size() / 2; ++period) {
    if (text.substr(period) == text.substr(0, text.size() - period)) return period;
  }
  return text.size();
}

/// Marks every place of `text` where the word stands.
void mark(std::string_view text, std::string_view word, std::vector<bool>& marked) {
  if (word.size() < kLeastWord) return;
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    std::fill_n(marked.begin() + static_cast<std::ptrdiff_t>(at), word.size(), true);
  }
}

/// How long the run in this order is that begins at `at`, forwards or backwards, and round.
std::size_t run_at(std::string_view text, std::size_t at, std::string_view order) {
  std::size_t longest = 0;
  // A character may stand in several places of an order.
  for (std::size_t from = order.find(text[at]); from != std::string_view::npos;
       from = order.find(text[at], from + 1)) {
    for (const std::size_t step : {std::size_t{1}, order.size() - 1}) {
      std::size_t length = 1;
      while (at + length < text.size() &&
             order[(from + length * step) % order.size()] == text[at + length]) {
        ++length;
      }
      longest = std::max(longest, length);
    }
  }
  return longest;
}

/// Marks every run of kLeastRun or more.
void mark_runs(std::string_view text, std::vector<bool>& marked) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const std::string_view order : kOrders) {
      const std::size_t length = run_at(text, at, order);
      if (length < kLeastRun) continue;
      std::fill_n(marked.begin() + static_cast<std::ptrdiff_t>(at), length, true);
    }
  }
}

/// Whether more than half of its bytes stand in such runs.
bool is_mostly_in_order(std::string_view lower) {
  std::vector<bool> marked(lower.size(), false);
  mark_runs(lower, marked);
  return 2 * static_cast<std::size_t>(std::ranges::count(marked, true)) > lower.size();
}

/// Bytes that stand in no run and in no word which others may guess. A name of many parts is looked
/// for part by part.
std::size_t beside_known_words(std::string_view lower, std::span<const std::string> about) {
  std::vector<bool> marked(lower.size(), false);
  mark_runs(lower, marked);
  for (const std::string_view word : kCommonWords) mark(lower, word, marked);
  for (const std::string& words : about) {
    const std::string known = ascii_lower(words);
    std::string_view rest = known;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find_first_of(" -_.'"), rest.size());
      mark(lower, rest.substr(0, end), marked);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return static_cast<std::size_t>(std::ranges::count(marked, false));
}

/// Its characters, of which none controls a terminal.
Result<std::vector<std::string_view>> characters_of(std::string_view text) {
  std::vector<std::string_view> all;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length_at(text, at);
    const auto byte = static_cast<unsigned char>(text[at]);
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      return fail(ErrorCode::kInvalidInput,
                  "a password is text in UTF-8 without control characters: choose another");
    }
    all.push_back(text.substr(at, length));
    at += length;
  }
  return all;
}

tl::unexpected<Error> too_easy(const std::string& why) {
  return fail(ErrorCode::kRefused, "this password is among the first that anybody tries: " + why +
                                       "; choose another, as some words that have nothing to do "
                                       "with each other");
}

}  // namespace

Result<void> check_password(const Password& password, std::span<const std::string> about) {
  const Result<std::vector<std::string_view>> characters = characters_of(password.text());
  if (!characters) return tl::unexpected(characters.error());
  if (characters->size() < kLeastPasswordLength) {
    return fail(ErrorCode::kInvalidInput,
                "a password has at least " + std::to_string(kLeastPasswordLength) +
                    " characters, of any kind: some words that have nothing to do with each other "
                    "are easily kept in mind");
  }
  const Password lower = lower_copy(password.text(), false);
  const std::set<std::string_view> different(characters->begin(), characters->end());
  if (different.size() < kLeastDifferent) return too_easy("it has few different characters");
  const std::size_t period = period_of(lower.text());
  if (period < lower.text().size() && period < kLeastPasswordLength) {
    return too_easy("it is a short text over and over");
  }
  if (is_mostly_in_order(lower.text())) return too_easy("most of its characters are in order");
  if (beside_known_words(lower.text(), about) < kLeastBeside) {
    return too_easy("it is hardly more than a name or a common word");
  }
  return {};
}

}  // namespace tidewaiter
