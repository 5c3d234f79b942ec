#include "daemon/sources/contract/retry_rule.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

bool may_pass(std::int64_t status) {
  constexpr auto kPassing = std::to_array<std::int64_t>({408, 409, 425, 429});
  return std::ranges::find(kPassing, status) != kPassing.end() || (status >= 500 && status < 600);
}

/// A key that is wrong is not mended by trying again, whatever the server says.
bool is_key_refusal(std::int64_t status) { return status == 401 || status == 403; }

/// Whether the server says to send what failed again, or not to; nothing where it says neither.
std::optional<bool> wish_of(const HttpResponse& response) {
  return response.status < 400 || is_key_refusal(response.status) ? std::nullopt
                                                                  : response.should_retry;
}

bool is_plain_word(const std::string& text) {
  constexpr std::size_t kLongest = 64;
  return !text.empty() && text.size() <= kLongest && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.[]").find(c) != std::string_view::npos;
  });
}

/// An error's body that is worth reading.
constexpr std::size_t kLongestErrorBody = std::size_t{64} << 10U;
constexpr int kDeepestErrorBody = 8;

/// What an answer says of its error: the member `error`, or, where there is none, the whole.
nlohmann::json parsed_error(std::string_view body) {
  if (body.size() > kLongestErrorBody) return {};
  bool too_deep = false;
  const auto shallow = [&too_deep](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep = too_deep || depth > kDeepestErrorBody;
    return !too_deep;
  };
  nlohmann::json document = nlohmann::json::parse(body, shallow, false);
  if (too_deep || !document.is_object()) return {};
  const auto error = document.find("error");
  return error == document.end() ? document : *error;
}

}  // namespace

std::string error_words(std::string_view body) {
  const nlohmann::json error = parsed_error(body);
  std::string words;
  for (const char* const name : {"code", "type", "param", "scimType"}) {
    const std::optional<std::string> word = text_member(error, name);
    if (!word || !is_plain_word(*word)) continue;
    words += (words.empty() ? "" : ", ") + *word;
  }
  return words;
}

std::string told_error_code(std::string_view body) {
  return text_member(parsed_error(body), "code").value_or(std::string());
}

std::string told_error_param(std::string_view body) {
  return text_member(parsed_error(body), "param").value_or(std::string());
}

NextStep next_step(const RetryRule& rule, int tries, const Result<HttpResponse>& response,
                   double share) {
  using enum NextStep::Kind;
  if (!response && response.error().code != ErrorCode::kUnavailable) return {kTake, {}};
  const std::optional<bool> wanted = response ? wish_of(*response) : std::nullopt;
  if (response && !may_pass(response->status) && wanted != true) return {kTake, {}};
  const Duration asked = response ? response->retry_after.value_or(Duration{}) : Duration{};
  if (wanted == false) return {kEnd, asked};
  if (asked > rule.longest_wait || tries >= rule.tries) return {kEnd, asked};
  if (response && response->status == 429 &&
      error_words(response->body).find("insufficient_quota") != std::string::npos) {
    return {kEnd, asked};
  }
  const int doublings = std::clamp(tries - 1, 0, 20);
  const std::int64_t ceiling = std::min(rule.ceiling.us, rule.first.us << doublings);
  const auto drawn = static_cast<std::int64_t>(static_cast<double>(ceiling) * share);
  return {kAgain, {std::max(drawn, asked.us)}};
}

bool may_refuse_token(std::int64_t status) {
  return status == 400 || status == 404 || status == 410 || status == 422;
}

Error status_error(const HttpResponse& response, std::string_view permission) {
  const std::string words = error_words(response.body);
  const std::string answer = "the server answered with status " + std::to_string(response.status) +
                             (words.empty() ? "" : " (" + words + ")");
  constexpr std::int64_t kForbidden = 403;
  if (response.status == kForbidden && !permission.empty()) {
    return {ErrorCode::kRefused, answer + ": this endpoint needs " + std::string(permission) +
                                     "; bring such a key in `token`, or leave the endpoint out of "
                                     "`endpoints`, then reload"};
  }
  if (is_key_refusal(response.status)) {
    return {ErrorCode::kRefused,
            answer + ": give `token` the permission that the source's page names, then reload"};
  }
  if (may_pass(response.status) || wish_of(response) == true)
    return {ErrorCode::kUnavailable, answer};
  if (response.status >= 300 && response.status < 400) {
    return {ErrorCode::kInvalidInput,
            answer + ", a redirect, which is not followed: write the right address into `url`"};
  }
  return {ErrorCode::kInvalidInput, answer + ": it does not take what was asked"};
}

}  // namespace tidewaiter
