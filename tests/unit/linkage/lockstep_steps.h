#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "policies/linkage/linker.h"

namespace tidewaiter {

/// Ten things or more in common within a day, and half of all, in slots of five minutes.
inline LockstepLink ten_of_a_day() {
  LockstepLink link;
  link.slot = Duration{5 * kMinute.us};
  link.over = kDay;
  link.at_least = 10;
  link.percent = 50;
  link.at_most = 3;
  return link;
}

class Steps {
 public:
  explicit Steps(Linkage linkage) : linker(std::move(linkage)) {}
  explicit Steps(const LockstepLink& link) : Steps(Linkage{{}, 0, {link}}) {}

  /// One record in a slot of the first day.
  static Record request(const std::string& account, std::int64_t slot,
                        const std::string& model = "") {
    Record record;
    record.kind = RecordKind::kUsage;
    record.source = "s";
    record.time = UtcTime{slot * 5 * kMinute.us + 17};
    set_value(record, find_field("account").value(), account);
    if (!model.empty()) set_value(record, find_field("model").value(), model);
    return record;
  }
  void take(Record record) {
    LogEntry entry;
    entry.body = std::move(record);
    linker.take(entry);
  }
  /// One record in each second slot, which have the numbers from `first` to before `end`: so that
  /// none follows another without a gap.
  void act(const std::string& account, std::int64_t first, std::int64_t end,
           const std::string& model = "") {
    for (std::int64_t number = first; number < end; ++number) {
      take(request(account, 2 * number, model));
    }
  }
  /// One record in each slot from `first` to before `end`.
  void run(const std::string& account, std::int64_t first, std::int64_t end,
           const std::string& model = "") {
    for (std::int64_t slot = first; slot < end; ++slot) take(request(account, slot, model));
  }
  /// A version of a record that takes the place of another.
  void revise(const Record& before, Record after) {
    LogEntry entry;
    entry.body = std::move(after);
    entry.replaces = ReplacedRecord{1, before};
    linker.take(entry);
  }
  void drop_before(std::int64_t slot) {
    LogEntry entry;
    entry.body = Control{RecordsDropped{UtcTime{slot * 5 * kMinute.us}}};
    linker.take(entry);
  }
  [[nodiscard]] bool together(const std::string& one, const std::string& other) const {
    return linker.cluster_of({"s", one}) == linker.cluster_of({"s", other});
  }

  Linker linker;
};

}  // namespace tidewaiter
