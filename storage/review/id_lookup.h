#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"

namespace tidewaiter {

/// The one of `all` whose short id begins with `prefix`, the letter before its dash left out or
/// not. `one`, `several` and `verb` are words for people: "report", "reports", "report list".
/// Errors: kNotFound if there is none, or more than one.
template <class One>
Result<const One*> find_by_short_id(const std::vector<One>& all, std::string_view prefix,
                                    const std::string& one, const std::string& several,
                                    const std::string& verb) {
  constexpr std::size_t kLetter = 2;  // and its dash
  const One* found = nullptr;
  for (const One& item : all) {
    const std::string_view id = item.id;
    if (!id.starts_with(prefix) && !id.substr(kLetter).starts_with(prefix)) continue;
    if (found != nullptr) {
      return fail(ErrorCode::kNotFound,
                  "several " + several + " begin with `" + std::string(prefix) + "`");
    }
    found = &item;
  }
  if (found != nullptr) return found;
  return fail(ErrorCode::kNotFound, "no " + one + " begins with `" + std::string(prefix) +
                                        "`: `tidewaiter " + verb + "` has them");
}

}  // namespace tidewaiter
