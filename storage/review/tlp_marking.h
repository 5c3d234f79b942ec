#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace tidewaiter {

/// A marking of TLP 2.0 (FIRST, Traffic Light Protocol, 2022): who may read a lead or a report.
struct TlpMarking {
  std::string_view name;     ///< "TLP:AMBER+STRICT", as entries have it
  std::string_view value;    ///< "amber+strict", as the TLP extension of STIX has it
  std::string_view stix_id;  ///< of the object that OASIS publishes for it in STIX 2.1
  std::string_view
      stix_one;  ///< of STIX 2.1's own object for TLP 1 (section 7.2.1.4); may be empty
};

/// Of the extension by which STIX 2.1 has TLP 2.0, as OASIS publishes it.
inline constexpr std::string_view kTlpExtension =
    "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// From the strictest on. "TLP:CLEAR" was "TLP:WHITE" in TLP 1.
inline constexpr std::array<TlpMarking, 5> kTlpMarkings{{
    {"TLP:RED", "red", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
     "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"},
    {"TLP:AMBER+STRICT", "amber+strict", "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
     ""},
    {"TLP:AMBER", "amber", "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
     "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"},
    {"TLP:GREEN", "green", "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
     "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"},
    {"TLP:CLEAR", "clear", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
     "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"},
}};

/// The marking of a name; null of any other text.
[[nodiscard]] const TlpMarking* tlp_marking(std::string_view name);

/// Their names, from the strictest on.
[[nodiscard]] std::vector<std::string> tlp_names();

/// Whether material marked `as` may be read by more people than material marked `than`. Both are
/// names of markings.
[[nodiscard]] bool is_laxer(std::string_view as, std::string_view than);

}  // namespace tidewaiter
