#include "storage/verify/entry_walk.h"

namespace tidewaiter {
namespace {

std::optional<FormerLedger> former_of(const ReadEntry& first) {
  const auto member = first.document.find("previous");
  if (member == first.document.end()) return std::nullopt;
  Result<FormerLedger> former = former_from_json(*member);  // its form has been checked
  if (!former) return std::nullopt;
  return std::move(*former);
}

}  // namespace

std::optional<ReadEntry> EntryWalk::add(std::int64_t index, std::string_view body) {
  place_.reset();
  Result<ReadEntry> entry = read_entry_form(index, body);
  const std::string name = "entry " + std::to_string(index);
  if (!entry) {
    problems_.add(VerifyFailure::kEntry, index, name + ": " + entry.error().message);
    return std::nullopt;
  }
  if (index > 0 && entry->ts < last_ts_) {
    problems_.add(VerifyFailure::kEntry, index,
                  name + ": its time is before that of the entry in front");
  }
  last_ts_ = entry->ts;
  place_ = steps_.add(index, *entry);
  if (creation_) {
    publications_.add(index, *entry, creation_->origin);
    acts_.add(index, *entry, creation_->origin);
  }
  if (index == 0) {
    creation_ = {entry->document["origin"].get<std::string>(),
                 entry->document["vkey"].get<std::string>(), entry->ts, former_of(*entry)};
  }
  return std::move(*entry);
}

}  // namespace tidewaiter
