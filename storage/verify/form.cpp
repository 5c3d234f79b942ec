#include "storage/verify/form.h"

#include <algorithm>
#include <optional>

#include "policies/model/base64.h"

namespace tidewaiter {

namespace {

std::string in_ticks(std::string_view name) { return "`" + std::string(name) + "`"; }

}  // namespace

Form::Form(Value object, std::string_view what) : object_(object), what_(what) {
  if (!object_.is_object()) refuse("it is no object");
}

void Form::refuse(std::string_view why) {
  if (fault_.empty()) fault_ = std::string(what_) + ": " + std::string(why);
}

void Form::mark_asked(std::size_t ordinal) {
  if (ordinal < 64) {
    asked_ |= std::uint64_t{1} << ordinal;
  } else {
    asked_later_.push_back(ordinal);
  }
}

bool Form::was_asked(std::size_t ordinal) const {
  if (ordinal < 64) return (asked_ >> ordinal & 1U) != 0;
  return std::ranges::find(asked_later_, ordinal) != asked_later_.end();
}

Form::Value Form::optional(std::string_view name) {
  const auto [member, ordinal] = object_.find(name);
  if (member.exists()) mark_asked(ordinal);
  return member;
}

Form::Value Form::required(std::string_view name) {
  const Value member = optional(name);
  if (!member.exists()) refuse(in_ticks(name) + " is missing");
  return member;
}

std::string_view Form::text(std::string_view name) {
  const Value member = required(name);
  if (!member.is_text()) refuse(in_ticks(name) + " is no text");
  return member.text();
}

std::int64_t Form::number(std::string_view name) {
  const Value member = required(name);
  if (!member.is_whole_number()) refuse(in_ticks(name) + " is no whole number");
  return member.whole_number();
}

UtcTime Form::time(std::string_view name) {
  const std::string_view written = text(name);
  const Result<UtcTime> time = parse_time(written);
  if (!time || format_time(*time) != written) {
    refuse(in_ticks(name) + " is no time in the form of the format");
    return {};
  }
  return *time;
}

void Form::literal(std::string_view name, std::string_view value) {
  if (required(name).bytes() != value) refuse(in_ticks(name) + " is not " + std::string(value));
}

void Form::finish() {
  // Of several the first by bytes is named, whatever their order in the text.
  std::optional<std::string_view> first;
  std::size_t ordinal = 0;
  for (const auto& [name, value] : object_.members()) {
    if (!was_asked(ordinal++) && (!first || name < *first)) first = name;
  }
  if (first) refuse("a member " + in_ticks(*first) + " does not belong here");
}

bool is_lower_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_base64url_of(std::string_view text, std::size_t bytes) {
  return base64_size(text, Base64::kUrl) == bytes;
}

}  // namespace tidewaiter
