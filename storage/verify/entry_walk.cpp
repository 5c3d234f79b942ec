#include "storage/verify/entry_walk.h"

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

std::optional<FormerLedger> former_of(const nlohmann::json& first) {
  const auto member = first.find("previous");
  if (member == first.end()) return std::nullopt;
  Result<FormerLedger> former = former_from_json(*member);  // its form has been checked
  if (!former) return std::nullopt;
  return std::move(*former);
}

}  // namespace

std::optional<ReadEntry> EntryWalk::add(std::int64_t index, std::string_view body) {
  place_.reset();
  Result<ReadEntry> entry = read_entry_form(index, body, document_);
  const auto refuse = [this, index](const std::string& why) {
    problems_.add(VerifyFailure::kEntry, index, "entry " + std::to_string(index) + ": " + why);
  };
  if (!entry) {
    refuse(entry.error().message);
    return std::nullopt;
  }
  if (index > 0 && entry->ts < last_ts_) refuse("its time is before that of the entry in front");
  last_ts_ = entry->ts;
  place_ = steps_.add(index, *entry);
  if (creation_) {
    publications_.add(index, *entry, creation_->origin);
    acts_.add(index, *entry, creation_->origin);
  }
  if (index == 0) {
    creation_ = {std::string(entry->document["origin"].text()),
                 std::string(entry->document["vkey"].text()), entry->ts,
                 former_of(entry->parsed())};
  }
  return *entry;
}

}  // namespace tidewaiter
