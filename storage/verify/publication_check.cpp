#include "storage/verify/publication_check.h"

#include <nlohmann/json.hpp>

#include "storage/ledger/publication.h"

namespace tidewaiter {

void PublicationCheck::add(std::int64_t index, const ReadEntry& entry, const std::string& origin) {
  if (entry.type == kSetPublishedType) add_publication(index, entry, origin);
  if (entry.type == kActivatedType) add_activation(index, entry);
}

void PublicationCheck::add_publication(std::int64_t index, const ReadEntry& entry,
                                       const std::string& origin) {
  const std::string name = "entry " + std::to_string(index);
  const Result<PublicationEntry> read = read_publication(entry.parsed(), origin);
  if (!read) {
    problems_.add(VerifyFailure::kEntry, index, name + ": " + read.error().message);
    return;
  }
  const Publication& what = read->publication;
  if (what.version != version_ + 1 || what.previous != last_) {
    problems_.add(VerifyFailure::kEntry, index,
                  name + ": it does not follow the publication before it, number " +
                      std::to_string(version_));
  }
  if (auto signed_by_two = check_publication(what, read->note, read->signers); !signed_by_two) {
    problems_.add(VerifyFailure::kSignature, index, name + ": " + signed_by_two.error().message);
  }
  version_ = what.version;
  last_ = what.bundle;
  published_[to_hex(what.bundle)] = to_hex(what.set);
}

void PublicationCheck::add_activation(std::int64_t index, const ReadEntry& entry) {
  const std::string name = "entry " + std::to_string(index);
  const nlohmann::json document = entry.parsed();
  const bool only = document.contains("published_only") && document["published_only"] == true;
  if (!document.contains("bundle")) {
    if (!only) return;
    problems_.add(VerifyFailure::kEntry, index,
                  name + ": only published policies may come into force, and it names no bundle");
    return;
  }
  const auto& bundle = document["bundle"];
  const auto found =
      bundle.is_string() ? published_.find(bundle.get<std::string>()) : published_.end();
  if (found == published_.end()) {
    problems_.add(VerifyFailure::kEntry, index,
                  name + ": the bundle that it names was not published before it");
  } else if (!document.contains("set") || document["set"] != found->second) {
    problems_.add(VerifyFailure::kEntry, index,
                  name + ": the set that it names is not that of its bundle");
  }
}

}  // namespace tidewaiter
