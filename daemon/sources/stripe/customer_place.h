#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policies/model/time.h"

namespace tidewaiter {

/// Where a list of customers, newest first, goes on: behind `id`, or, where that is empty, with
/// those who were made at `created` or before.
struct CustomerPlace {
  std::string id;
  std::optional<UtcTime> created;  ///< of `id`; a whole second
  bool operator==(const CustomerPlace&) const = default;
};

/// The time in seconds between two `@`, then the id: "@1767225600@cus_1", "@@cus_1". An id may end
/// like a time, for merchants write ids of their own; none that has come here begins like one.
/// Empty for the list's beginning. It is_walk_place(), if `id` is empty or is_walk_id().
[[nodiscard]] std::string to_text(const CustomerPlace& place);
/// The place of a text. One that does not begin with a time in `@` is an id alone: cursors had
/// those.
[[nodiscard]] CustomerPlace customer_place_from_text(std::string_view text);

/// Where it goes on if `id` is not there any more: by time, so that those of the same second come
/// twice. Nothing, if that is not known, or there is no id.
[[nodiscard]] std::optional<CustomerPlace> without_customer(const CustomerPlace& place);

/// What of a query asks for it, `&` in front; empty: the list's beginning.
[[nodiscard]] std::string query_part(const CustomerPlace& place);

}  // namespace tidewaiter
