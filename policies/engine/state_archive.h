#pragma once

#include <cstdint>

#include <cereal/archives/binary.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/variant.hpp>
#include <cereal/types/vector.hpp>

#include "policies/engine/evaluation.h"
#include "policies/engine/samples.h"
#include "policies/language/policy.h"
#include "policies/linkage/linkage.h"
#include "policies/model/digest.h"
#include "policies/model/finding.h"
#include "policies/model/log.h"
#include "policies/model/record.h"
#include "policies/model/time.h"

// How the state of evaluation becomes bytes and comes back: by cereal, over the `serialize` members
// of what has state, which list its parts. Written and read by one and the same code, so that the
// bytes name no member and have no version of their own (daemon/pipeline/snapshot_identity.h tells
// codes apart). What
// is wrong with them is thrown, as a std::exception: whoever reads catches it.
//
// Here are the parts that are plain values of other rooms.

namespace tidewaiter {

using StateWriter = cereal::BinaryOutputArchive;
using StateReader = cereal::BinaryInputArchive;

template <class Archive>
void serialize(Archive& archive, UtcTime& time) {
  archive(time.us);
}
template <class Archive>
void serialize(Archive& archive, Duration& duration) {
  archive(duration.us);
}
template <class Archive>
void serialize(Archive& archive, Interval& interval) {
  archive(interval.from, interval.to);
}
template <class Archive>
void serialize(Archive& archive, Digest& digest) {
  archive(digest.bytes);
}
template <class Archive>
void serialize(Archive& archive, Record& record) {
  archive(record.kind, record.source, record.id, record.revision, record.observed,
          record.completeness, record.time, record.duration, record.requests, record.fields);
}
template <class Archive>
void serialize(Archive& archive, SourceDrained& drained) {
  archive(drained.source, drained.kind, drained.covered);
}
template <class Archive>
void serialize(Archive& archive, SourceIdle& idle) {
  archive(idle.source, idle.kind);
}
template <class Archive>
void serialize(Archive& archive, SourceRemoved& removed) {
  archive(removed.source, removed.kind);
}
template <class Archive>
void serialize(Archive& archive, SourceSettles& settles) {
  archive(settles.source, settles.kind, settles.within);
}
template <class Archive>
void serialize(Archive& archive, PolicySetActivated& activated) {
  archive(activated.set_hash);
}
template <class Archive>
void serialize(Archive& archive, RecordsDropped& dropped) {
  archive(dropped.before);
}
template <class Archive>
void serialize(Archive& archive, StateEvicted& evicted) {
  archive(evicted.policy, evicted.before);
}
template <class Archive>
void serialize(Archive& archive, RuledAccount& account) {
  archive(account.source, account.name);
}
template <class Archive>
void serialize(Archive& archive, RuledValue& value) {
  archive(value.field, value.text);
}
template <class Archive>
void serialize(Archive& archive, LinkRuled& ruled) {
  archive(ruled.ruling, ruled.at, ruled.accounts, ruled.values);
}
template <class Archive>
void serialize(Archive& archive, Subject& subject) {
  archive(subject.fields, subject.values, subject.source);
}
template <class Archive>
void serialize(Archive& archive, PolicyCoverage& counts) {
  archive(counts.policy, counts.records_read, counts.records_selected, counts.records_unknown,
          counts.records_exempt, counts.records_too_late, counts.windows_true, counts.windows_false,
          counts.windows_not_evaluable, counts.subjects);
}

}  // namespace tidewaiter

namespace cereal {

// cereal looks for what it does with a built-in type in its own namespace alone.
template <class Archive>
void save(Archive& archive, const tidewaiter::Int128& number) {
  archive(static_cast<std::int64_t>(number >> 64), static_cast<std::uint64_t>(number));
}
template <class Archive>
void load(Archive& archive, tidewaiter::Int128& number) {
  std::int64_t high = 0;
  std::uint64_t low = 0;
  archive(high, low);
  number = (static_cast<tidewaiter::Int128>(high) << 64) | low;
}

}  // namespace cereal
