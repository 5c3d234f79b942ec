#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/outbound/secret.h"
#include "policies/model/time.h"

namespace tidewaiter {

// What is told of the key that a source brings: which one it is, and how long it is good. Never
// more of it than its last four characters.

/// What an answer of the vendor says of one of its keys.
struct ListedKey {
  std::string id;
  std::string tail;                ///< the end of the key, as far as it is shown
  std::optional<UtcTime> expires;  ///< nothing: it does not expire
};

/// What is known of the key in use.
struct KeyStanding {
  std::string last_four;           ///< empty: the key is so short that it is not shown
  std::string id;                  ///< empty: no list of keys that was read has it
  std::optional<UtcTime> expires;  ///< nothing: it does not, or is not known to
  bool operator==(const KeyStanding&) const = default;
};

/// The last four characters of a key of sixteen or more; of others nothing.
[[nodiscard]] std::string last_four_of(const Secret& key);

/// The end of a key that stands redacted in an answer: what comes behind dots or asterisks, four
/// characters at the most. Empty if less than three are shown, or nothing is hidden.
[[nodiscard]] std::string tail_of_redacted(std::string_view text);

/// Takes over what a list says of the key in use, if it is the one. Of two that end alike the
/// earlier end counts.
void note_listed(KeyStanding& key, const ListedKey& listed);

}  // namespace tidewaiter
