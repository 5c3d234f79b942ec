#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/canonical_json.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Takes the members of a JSON object one by one, and notes the first that is missing, has another
/// form, or was never asked for. The document and `what` outlive the reader.
class Form {
 public:
  using Value = CanonicalJson::Value;

  Form(Value object, std::string_view what);

  [[nodiscard]] const std::string& fault() const { return fault_; }  ///< empty: none
  [[nodiscard]] bool holds() const { return fault_.empty(); }
  void refuse(std::string_view why);

  /// The member; a value that is not there if it is absent.
  Value optional(std::string_view name);
  /// The member; a value that is not there, and a fault, if it is absent.
  Value required(std::string_view name);

  std::string_view text(std::string_view name);  ///< a required string
  std::int64_t number(std::string_view name);    ///< a required whole number
  UtcTime time(std::string_view name);           ///< a required time in the format's only form
  /// Required, and this value, which is given as its canonical JSON.
  void literal(std::string_view name, std::string_view value);

  /// Refuses members that nobody asked for.
  void finish();

 private:
  void mark_asked(std::size_t ordinal);
  [[nodiscard]] bool was_asked(std::size_t ordinal) const;

  Value object_;
  std::string_view what_;
  std::string fault_;
  std::uint64_t asked_ = 0;               // a bit for each of the first 64 members
  std::vector<std::size_t> asked_later_;  // the ordinals of others: the format has none so many
};

[[nodiscard]] bool is_lower_hex(std::string_view text, std::size_t digits);
/// Base64url without padding of exactly `bytes` bytes.
[[nodiscard]] bool is_base64url_of(std::string_view text, std::size_t bytes);

}  // namespace tidewaiter
