#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "policies/model/record.h"

namespace tidewaiter {

/// A kind of sign that records give: what a world is judged without, to learn what is owed to it.
enum class SignalFamily : std::uint8_t {
  kMeans,    ///< payment instruments and devices
  kNetwork,  ///< addresses, networks, countries, TLS fingerprints, user agents
  kPrompts,  ///< templates, sketches and sessions
  kModels,   ///< models and reasoning
  kTiming,   ///< anything finer than an hour: each record is as long as its hour
  kPapers,   ///< what an account states of itself, and what was decided about it
};

inline constexpr std::array kSignalFamilies{SignalFamily::kMeans,   SignalFamily::kNetwork,
                                            SignalFamily::kPrompts, SignalFamily::kModels,
                                            SignalFamily::kTiming,  SignalFamily::kPapers};

[[nodiscard]] std::string_view family_name(SignalFamily family);  // "means", "network", …
[[nodiscard]] std::optional<SignalFamily> find_family(std::string_view name);

/// Takes the family's fields out of a record, as if its source did not have them.
void take_out(SignalFamily family, Record& record);

}  // namespace tidewaiter
