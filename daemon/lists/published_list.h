#pragma once

#include <string>

#include "policies/model/time.h"

namespace tidewaiter {

/// `lists`: where a published list of parties comes from, and when it is not to be trusted.
struct PublishedList {
  std::string name;           ///< [a-z0-9][a-z0-9_-]*; also that of its folder in the state
  std::string url;            ///< https, or http on loopback
  std::string aliases_url;    ///< OFAC's alt.csv; empty: the list is one file
  std::string addresses_url;  ///< OFAC's add.csv; there if the aliases are
  std::string comments_url;   ///< OFAC's sdn_comments.csv; may be there if the aliases are
  /// An issue that nobody has confirmed for longer is stale.
  Duration stale_after{3 * kDay.us};
  /// Share of the entries, and of the names, that an issue may have fewer than the one before it.
  double most_loss = 0.1;
  /// The code of shipped_consequences() by which it is known what follows from being on it; empty:
  /// as its bytes and its URL tell.
  std::string consequences = {};
  bool operator==(const PublishedList&) const = default;
};

}  // namespace tidewaiter
