#include "policies/engine/reference_coverage.h"

#include <algorithm>

#include "policies/engine/kind_coverage.h"

namespace tidewaiter::reference {

void Coverage::take(const Control& control, RecordKind kind) {
  if (const auto* drop = std::get_if<RecordsDropped>(&control)) return dropped(drop->before);
  if (stated_kind(control) != kind) return;
  if (const auto* drain = std::get_if<SourceDrained>(&control)) drained(*drain);
  if (const auto* silence = std::get_if<SourceIdle>(&control)) idle(*silence);
  if (const auto* removal = std::get_if<SourceRemoved>(&control)) removed(*removal);
  if (const auto* settling = std::get_if<SourceSettles>(&control)) settles(*settling);
}

void Coverage::drained(const SourceDrained& statement) {
  const auto [it, fresh] = sources_.try_emplace(
      statement.source, Source{statement.covered.from, statement.covered.to, false});
  if (!fresh) {
    it->second.from = std::min(it->second.from, statement.covered.from);
    it->second.to = std::max(it->second.to, statement.covered.to);
    it->second.idle = false;
  }
  advance();
}

void Coverage::idle(const SourceIdle& statement) {
  const auto it = sources_.find(statement.source);
  if (it == sources_.end()) return;
  it->second.idle = true;
  advance();
}

void Coverage::removed(const SourceRemoved& statement) {
  settles_.erase(statement.source);
  const auto it = sources_.find(statement.source);
  if (it == sources_.end()) return;
  const Source source = it->second;
  sources_.erase(it);
  advance_lines();
  asked_from_ = std::max(asked_from_, source.to < *watermark_ ? *watermark_ : source.from);
  advance_late();
  note_closed();
}

void Coverage::settles(const SourceSettles& statement) {
  settles_[statement.source] = statement.within;
  advance_late();
}

void Coverage::advance_lines() {
  std::optional<UtcTime> live;
  std::optional<UtcTime> any;
  for (const auto& [name, source] : sources_) {
    any = any ? std::min(*any, source.to) : source.to;
    if (!source.idle) live = live ? std::min(*live, source.to) : source.to;
  }
  if (any) {
    watermark_ = std::max(watermark_.value_or(*any), live ? *live : *any);
    complete_to_ = std::max(complete_to_.value_or(*any), *any);
  } else {
    complete_to_ = watermark_;  // no source is left to wait for
  }
}

void Coverage::advance() {
  advance_lines();
  advance_late();
  note_closed();
}

void Coverage::note_closed() {
  UtcTime from = asked_from_;
  std::optional<UtcTime> to;
  for (const auto& [name, source] : sources_) {
    from = std::max(from, source.from);
    to = to ? std::min(*to, source.to) : source.to;
  }
  if (to) closed_.push_back({from, *to});
}

void Coverage::advance_late() {
  if (!complete_to_) return;
  Duration longest;
  for (const auto& [name, within] : settles_) longest = std::max(longest, within);
  const UtcTime late = *complete_to_ - longest;
  late_before_ = late_before_ ? std::max(*late_before_, late) : late;
}

bool Coverage::is_behind(UtcTime time, const Window& window) const {
  if (window.wait_for_late) return complete_to_ && time < *complete_to_ - *window.wait_for_late;
  return late_before_ && time < *late_before_;
}

std::string Coverage::gap_of(const Control& statement, const Coverage& after) const {
  if (const auto* idle = std::get_if<SourceIdle>(&statement)) {
    const auto it = sources_.find(idle->source);
    return it == sources_.end() || it->second.idle ? "" : gap_reason(*idle);
  }
  if (const auto* removed = std::get_if<SourceRemoved>(&statement)) {
    const auto it = sources_.find(removed->source);
    return it == sources_.end() || it->second.to >= *after.watermark_ ? "" : gap_reason(*removed);
  }
  return "";
}

bool Coverage::settled(const Interval& window) const {
  return watermark_ && *watermark_ >= window.to;
}

bool Coverage::complete(const Interval& window) const {
  return complete_to_ && *complete_to_ >= window.to;
}

bool Coverage::closed(const Interval& window) const {
  return std::any_of(closed_.begin(), closed_.end(), [&](const Interval& covered) {
    return covered.from <= window.from && covered.to >= window.to;
  });
}

}  // namespace tidewaiter::reference
