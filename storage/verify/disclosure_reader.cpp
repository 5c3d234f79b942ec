#include <algorithm>
#include <iterator>

#include "policies/model/base64.h"
#include "policies/model/digest.h"
#include "storage/verify/form.h"
#include "storage/verify/projection.h"

namespace tidewaiter {

namespace {

using EntryValue = CanonicalJson::Value;

constexpr std::size_t kSaltBytes = 32;

/// The type of the figure that a disclosure of this name gives the value of; empty if there is
/// none, and "string" for a subject.
std::string_view disclosed_type(EntryValue entry, std::string_view name) {
  if (name == "subject") return "string";
  for (const std::string_view list : {"figures", "previous"}) {
    if (!name.starts_with(list) || !name.substr(list.size()).starts_with('/')) continue;
    for (const EntryValue figure : entry[list].elements()) {
      if (figure["name"].text() == name.substr(list.size() + 1) && is_disclosed_figure(figure)) {
        return figure["type"].text();
      }
    }
  }
  return {};
}

}  // namespace

DisclosureReader::DisclosureReader(SQLite::Database& database, ProblemList& problems)
    : select_(database, "SELECT idx, name, text FROM disclosure ORDER BY idx, name"),
      problems_(problems) {
  step();
}

void DisclosureReader::step() {
  has_row_ = select_.executeStep();
  if (!has_row_) return;
  index_ = select_.getColumn(0).getInt64();
  name_ = cell_bytes(select_, 1);
  text_ = cell_bytes(select_, 2);
}

void DisclosureReader::refuse(const std::string& why) {
  problems_.add(VerifyFailure::kProjection, index_,
                "the disclosure `" + name_.substr(0, 80) + "` of entry " + std::to_string(index_) +
                    " " + why);
}

const Disclosed& DisclosureReader::take(std::int64_t index, const ReadEntry* entry) {
  disclosed_.clear();
  used_.clear();
  for (; has_row_ && index_ <= index; step()) {
    if (index_ < index) {
      refuse("has no entry");
    } else if (entry == nullptr || !entry->document.contains("_sd")) {
      refuse("has no digest: the entry holds none that can be read");
    } else {
      check_row(*entry);
    }
  }
  return disclosed_;
}

void DisclosureReader::finish() {
  for (; has_row_; step()) refuse("has no entry");
}

void DisclosureReader::check_row(const ReadEntry& entry) {
  const std::string digest = to_base64(sha256(text_).bytes, Base64::kUrl);
  const auto digests = entry.document["_sd"].elements();
  if (std::ranges::none_of(digests, [&](EntryValue one) { return one.text() == digest; })) {
    return refuse("hashes to no digest of it");
  }
  if (std::ranges::find(used_, digest) != used_.end()) return refuse("uses a digest twice");
  used_.push_back(digest);
  const Result<std::string> bytes = from_base64(text_, Base64::kUrl);
  const bool is_canonical = bytes && triple_.read(*bytes);
  const auto parts = is_canonical ? triple_.root().elements() : EntryValue().elements();
  if (parts.size() != 3 || !is_base64url_of((*parts.begin()).text(), kSaltBytes)) {
    return refuse("is not the canonical JSON of salt, name and value");
  }
  const EntryValue name = *std::next(parts.begin());
  const EntryValue value = *std::next(parts.begin(), 2);
  if (!name.is_text() || name.text() != name_) return refuse("is that of another name");
  const std::string_view type = disclosed_type(entry.document, name_);
  if (type.empty() || !is_figure_value(value, type)) {
    return refuse("has a name or a value that its entry has no place for");
  }
  std::erase_if(disclosed_, [this](const DisclosedValue& one) { return one.name == name_; });
  disclosed_.push_back({name_, std::string(value.bytes()), std::string(value.text())});
}

}  // namespace tidewaiter
