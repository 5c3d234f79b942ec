#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "storage/verify/entry_form.h"
#include "storage/verify/problem_list.h"

namespace tidewaiter {

/// Where a step stands among the entries.
struct StepPlace {
  std::int64_t seq = 0;
  std::int64_t ordinal = 0;
  std::string_view log;                ///< the record log that was judged; lasts as the entry does
  std::optional<std::int64_t> opener;  ///< the entry that opened its finding; none for a gap
  std::size_t finding = 0;             ///< how many findings were opened before its own
};

/// What steps must be in their order (docs/ledger-format.md §3): each behind the one before it, and
/// a finding opened once, before anything else is said of it.
class StepOrder {
 public:
  explicit StepOrder(ProblemList& problems) : problems_(problems) {}

  /// Takes the entries in order. Gives the place of a step; nothing for an entry that is none, and
  /// for a step where none may be, which is reported.
  [[nodiscard]] std::optional<StepPlace> add(std::int64_t index, const ReadEntry& entry);

  /// Whether one of the entries so far has opened the finding of this id, 32 hexadecimal digits.
  [[nodiscard]] bool has_opened(std::string_view finding) const {
    return opened_.contains(id_of(finding));
  }
  /// Whether it was opened, and by a step of this policy.
  [[nodiscard]] bool has_opened(std::string_view finding, std::string_view policy) const;

 private:
  /// The 16 bytes behind a finding's id.
  using FindingId = std::array<std::uint64_t, 2>;
  /// Mixed with a secret of the run, so that nobody can write a ledger whose ids all collide.
  struct IdHash {
    std::array<std::uint64_t, 2> secret;
    std::size_t operator()(const FindingId& id) const;
  };

  [[nodiscard]] static FindingId id_of(std::string_view digits);
  [[nodiscard]] static IdHash secret_hash();
  [[nodiscard]] bool find_opener(std::int64_t index, const ReadEntry& entry, StepPlace& place);

  ProblemList& problems_;
  std::optional<std::pair<std::int64_t, std::int64_t>> last_;
  std::deque<std::int64_t> openers_;            // the entries that opened a finding, in order
  std::deque<std::uint32_t> opening_policies_;  // of each of these: into policies_
  std::map<std::string, std::uint32_t, std::less<>> policies_;  // by id: in order of appearance
  std::unordered_map<FindingId, std::uint32_t, IdHash> opened_{0, secret_hash()};  // into openers_
};

}  // namespace tidewaiter
