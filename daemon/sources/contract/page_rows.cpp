#include "daemon/sources/contract/page_rows.h"

#include <utility>

#include "policies/model/digest.h"

namespace tidewaiter {

PageRead quarantine_row(simdjson::ondemand::object& row, std::string origin,
                        const std::string& reason, FeedAnswer& answer) {
  std::string_view raw;
  auto code = row.reset().error();
  if (code == simdjson::SUCCESS) code = row.raw_json().get(raw);
  if (code != simdjson::SUCCESS) return page_fault(simdjson::error_message(code));
  answer.bad.push_back(
      {std::move(origin), -1, reason, sha256(raw), static_cast<std::int64_t>(raw.size())});
  return std::nullopt;
}

}  // namespace tidewaiter
