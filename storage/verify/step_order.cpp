#include "storage/verify/step_order.h"

#include <charconv>
#include <random>
#include <string>

namespace tidewaiter {

std::size_t StepOrder::IdHash::operator()(const FindingId& id) const {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  std::uint64_t mixed = (id[0] ^ secret[0]) * kOdd;
  mixed ^= mixed >> 32U;
  mixed = (mixed ^ id[1] ^ secret[1]) * kOdd;
  return static_cast<std::size_t>(mixed ^ mixed >> 32U);
}

StepOrder::IdHash StepOrder::secret_hash() {
  std::random_device random;
  const auto word = [&random] { return std::uint64_t{random()} << 32U | random(); };
  return {{word(), word()}};
}

/// `digits` are the 32 hexadecimal ones that the grammar asks for.
StepOrder::FindingId StepOrder::id_of(std::string_view digits) {
  constexpr std::size_t kHalf = 16;
  FindingId id{};
  for (std::size_t i = 0; i < id.size(); ++i) {
    const char* const begin = digits.data() + i * kHalf;
    std::from_chars(begin, begin + kHalf, id[i], 16);
  }
  return id;
}

bool StepOrder::has_opened(std::string_view finding, std::string_view policy) const {
  const auto opened = opened_.find(id_of(finding));
  const auto known = policies_.find(policy);
  return opened != opened_.end() && known != policies_.end() &&
         opening_policies_[opened->second] == known->second;
}

std::optional<StepPlace> StepOrder::add(std::int64_t index, const ReadEntry& entry) {
  if (!entry.is_step) return std::nullopt;
  const CanonicalJson::Value step = entry.document["step"];
  StepPlace place{step["seq"].whole_number(), step["ordinal"].whole_number(), step["log"].text(),
                  std::nullopt, 0};
  const std::pair at(place.seq, place.ordinal);
  if (last_ && at <= *last_) {
    problems_.add(VerifyFailure::kEntry, index,
                  "entry " + std::to_string(index) + " is a step out of order");
    return std::nullopt;
  }
  last_ = at;
  if (entry.document.contains("finding") && !find_opener(index, entry, place)) return std::nullopt;
  return place;
}

/// The entry itself, if it opens its finding. False, and reported, if there is no opener, or
/// another one.
bool StepOrder::find_opener(std::int64_t index, const ReadEntry& entry, StepPlace& place) {
  const std::string_view id = entry.document["finding"].text();
  const FindingId key = id_of(id);
  const bool opens = entry.type == "finding.opened";
  bool fits = opens;
  if (opens) {
    const auto [opened, is_new] =
        opened_.try_emplace(key, static_cast<std::uint32_t>(openers_.size()));
    fits = is_new;
    place.finding = opened->second;
  } else if (const auto opened = opened_.find(key); opened != opened_.end()) {
    fits = true;
    place.finding = opened->second;
  }
  if (!fits) {
    problems_.add(
        VerifyFailure::kEntry, index,
        "entry " + std::to_string(index) +
            (opens ? " opens the finding `" + std::string(id) + "` again"
                   : " is about the finding `" + std::string(id) + "`, which was never opened"));
    return false;
  }
  if (opens) {
    openers_.push_back(index);
    const auto policy = policies_.emplace(entry.document["policy"]["id"].text(),
                                          static_cast<std::uint32_t>(policies_.size()));
    opening_policies_.push_back(policy.first->second);
  }
  place.opener = openers_[place.finding];
  return true;
}

}  // namespace tidewaiter
