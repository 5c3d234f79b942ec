#include "storage/verify/form.h"

#include <algorithm>
#include <utility>

#include "policies/model/base64.h"

namespace tidewaiter {

namespace {

const nlohmann::json kNothing;

}  // namespace

Form::Form(const nlohmann::json& object, std::string what)
    : object_(object), what_(std::move(what)) {
  if (!object_.is_object()) refuse("it is no object");
}

void Form::refuse(std::string why) {
  if (fault_.empty()) fault_ = what_ + ": " + std::move(why);
}

const nlohmann::json* Form::optional(const std::string& name) {
  asked_.insert(name);
  if (!object_.is_object()) return nullptr;
  const auto member = object_.find(name);
  return member == object_.end() ? nullptr : &*member;
}

const nlohmann::json& Form::required(const std::string& name) {
  const nlohmann::json* const member = optional(name);
  if (member == nullptr) {
    refuse("`" + name + "` is missing");
    return kNothing;
  }
  return *member;
}

std::string Form::text(const std::string& name) {
  const nlohmann::json& member = required(name);
  if (!member.is_string()) {
    refuse("`" + name + "` is no text");
    return {};
  }
  return member.get<std::string>();
}

std::int64_t Form::number(const std::string& name) {
  const nlohmann::json& member = required(name);
  if (!member.is_number_integer()) {
    refuse("`" + name + "` is no whole number");
    return 0;
  }
  return member.get<std::int64_t>();
}

UtcTime Form::time(const std::string& name) {
  const std::string written = text(name);
  const Result<UtcTime> time = parse_time(written);
  if (!time || format_time(*time) != written) {
    refuse("`" + name + "` is no time in the form of the format");
    return {};
  }
  return *time;
}

void Form::literal(const std::string& name, const nlohmann::json& value) {
  if (required(name) != value) refuse("`" + name + "` is not " + value.dump());
}

void Form::finish() {
  if (!object_.is_object()) return;
  for (const auto& [name, value] : object_.items()) {
    if (!asked_.contains(name)) refuse("a member `" + name + "` does not belong here");
  }
}

bool is_lower_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_base64url_of(std::string_view text, std::size_t bytes) {
  const Result<std::string> decoded = from_base64(text, Base64::kUrl);
  return decoded && decoded->size() == bytes;
}

}  // namespace tidewaiter
