#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidewaiter {

/// In whose words a request is answered.
enum class Vendor : std::uint8_t {
  kOpenAi,
  kAnthropic,
  kLiteLlm,
  kNewApi,
  kLangfuse,
  kOpenRouter,
  kStripe,
  kScim,
};

/// Whose path it is. LiteLLM has what nobody else has.
[[nodiscard]] Vendor vendor_of(std::string_view path);

/// How its bodies are declared.
[[nodiscard]] const char* content_type_of(Vendor vendor);

/// The body of an answer with a status of 400 or more. `code`, and `param`, the parameter that was
/// wrong, are told where the vendor has a place for one; empty: none.
[[nodiscard]] std::string error_body(Vendor vendor, int status, const std::string& code,
                                     const std::string& message, const std::string& param = {});

}  // namespace tidewaiter
