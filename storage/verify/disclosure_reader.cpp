#include <algorithm>

#include "policies/model/base64.h"
#include "policies/model/jcs.h"
#include "storage/verify/form.h"
#include "storage/verify/projection.h"

namespace tidewaiter {

namespace {

using nlohmann::json;

constexpr std::size_t kSaltBytes = 32;

/// The type of the figure that a disclosure of this name gives the value of; empty if there is
/// none, and "string" for a subject.
std::string disclosed_type(const json& entry, const std::string& name) {
  if (name == "subject") return "string";
  for (const std::string list : {"figures", "previous"}) {
    if (!name.starts_with(list + '/') || !entry.contains(list)) continue;
    for (const json& figure : entry[list]) {
      if (figure["name"] == name.substr(list.size() + 1) && is_disclosed_figure(figure)) {
        return figure["type"].get<std::string>();
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
  name_ = select_.getColumn(1).getString();
  text_ = select_.getColumn(2).getString();
}

void DisclosureReader::refuse(const std::string& why) {
  problems_.add(VerifyFailure::kProjection, index_,
                "the disclosure `" + name_.substr(0, 80) + "` of entry " + std::to_string(index_) +
                    " " + why);
}

Disclosed DisclosureReader::take(std::int64_t index, const ReadEntry* entry) {
  Disclosed disclosed;
  std::set<std::string> used;
  for (; has_row_ && index_ <= index; step()) {
    if (index_ < index) {
      refuse("has no entry");
    } else if (entry == nullptr || !entry->document.contains("_sd")) {
      refuse("has no digest: the entry holds none that can be read");
    } else {
      check_row(*entry, used, disclosed);
    }
  }
  return disclosed;
}

void DisclosureReader::finish() {
  for (; has_row_; step()) refuse("has no entry");
}

void DisclosureReader::check_row(const ReadEntry& entry, std::set<std::string>& used,
                                 Disclosed& disclosed) {
  const std::string digest = to_base64(sha256(text_).bytes, Base64::kUrl);
  const json& digests = entry.document["_sd"];
  if (std::ranges::find(digests, json(digest)) == digests.end()) {
    return refuse("hashes to no digest of it");
  }
  if (!used.insert(digest).second) return refuse("uses a digest twice");
  const Result<std::string> bytes = from_base64(text_, Base64::kUrl);
  const Result<json> triple =
      bytes ? parse_json_strict(*bytes) : Result<json>(tl::unexpected(bytes.error()));
  if (!triple || !triple->is_array() || triple->size() != 3 || !(*triple)[0].is_string() ||
      !is_base64url_of((*triple)[0].get<std::string>(), kSaltBytes) || !is_jcs(*bytes)) {
    return refuse("is not the canonical JSON of salt, name and value");
  }
  if ((*triple)[1] != name_) return refuse("is that of another name");
  const std::string type = disclosed_type(entry.document, name_);
  if (type.empty() || !is_figure_value((*triple)[2], type)) {
    return refuse("has a name or a value that its entry has no place for");
  }
  disclosed[name_] = (*triple)[2];
}

}  // namespace tidewaiter
