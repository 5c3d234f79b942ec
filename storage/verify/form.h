#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "policies/model/time.h"

namespace tidewaiter {

/// Takes the members of a JSON object one by one, and notes the first that is missing, has another
/// form, or was never asked for. `object` outlives the reader.
class Form {
 public:
  Form(const nlohmann::json& object, std::string what);

  [[nodiscard]] const std::string& fault() const { return fault_; }  ///< empty: none
  [[nodiscard]] bool holds() const { return fault_.empty(); }
  void refuse(std::string why);

  /// The member, or null if it is absent.
  const nlohmann::json* optional(const std::string& name);
  /// The member; a JSON null, and a fault, if it is absent.
  const nlohmann::json& required(const std::string& name);

  std::string text(const std::string& name);     ///< a required string
  std::int64_t number(const std::string& name);  ///< a required whole number
  UtcTime time(const std::string& name);         ///< a required time in the format's only form
  void literal(const std::string& name, const nlohmann::json& value);  ///< required, this value

  /// Refuses members that nobody asked for.
  void finish();

 private:
  const nlohmann::json& object_;
  std::string what_;
  std::string fault_;
  std::set<std::string> asked_;
};

[[nodiscard]] bool is_lower_hex(std::string_view text, std::size_t digits);
/// Base64url without padding of exactly `bytes` bytes.
[[nodiscard]] bool is_base64url_of(std::string_view text, std::size_t bytes);

}  // namespace tidewaiter
