#include "daemon/sources/contract/key_standing.h"

#include <algorithm>

namespace tidewaiter {
namespace {

constexpr std::size_t kShown = 4;
constexpr std::size_t kLeastShown = 3;
/// Four characters of a shorter one would say too much of it.
constexpr std::size_t kLeastLength = 16;

}  // namespace

std::string last_four_of(const Secret& key) {
  const std::string_view text = key.expose();
  return text.size() < kLeastLength ? std::string()
                                    : std::string(text.substr(text.size() - kShown));
}

std::string tail_of_redacted(std::string_view text) {
  const std::size_t hidden = text.find_last_of(".*");
  if (hidden == std::string_view::npos) return {};
  std::string_view tail = text.substr(hidden + 1);
  if (tail.size() < kLeastShown) return {};
  return std::string(tail.substr(tail.size() - std::min(tail.size(), kShown)));
}

void note_listed(KeyStanding& key, const ListedKey& listed) {
  if (listed.tail.empty() || !key.last_four.ends_with(listed.tail)) return;
  const bool is_known = !key.id.empty() && key.id != listed.id;
  const bool ends_sooner = listed.expires && (!key.expires || *listed.expires < *key.expires);
  if (is_known && !ends_sooner) return;
  key.id = listed.id;
  key.expires = listed.expires;
}

}  // namespace tidewaiter
