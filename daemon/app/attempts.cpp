#include "daemon/app/attempts.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/app/act_file.h"
#include "daemon/app/state.h"
#include "policies/model/base64.h"
#include "policies/model/digest.h"
#include "policies/model/jcs.h"
#include "policies/model/json_member.h"
#include "storage/files/durable_file.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// By AttemptFault.
constexpr std::array<std::string_view, 4> kFaultNames{"wrong-password", "no-password", "not-admin",
                                                      "viewer-reads"};

}  // namespace

std::string attempt_reason(const TriedAct& attempt) {
  switch (attempt.fault) {
    case AttemptFault::kWrongPassword:
      return "a wrong password was given for `" + attempt.by + "`";
    case AttemptFault::kNoPassword:
      return "`" + attempt.by + "` has no password, and this site uses them";
    case AttemptFault::kNotAdmin:
      return "`" + attempt.by + "` is no admin: users are for whoever is";
    case AttemptFault::kViewerReads:
      return "`" + attempt.by +
             "` is enrolled as viewer: viewers read cases, findings and leads, without whom they "
             "are about";
  }
  return {};
}

Result<void> hand_in_attempt(const fs::path& state, const TriedAct& attempt) {
  const nlohmann::json document = {
      {"attempt", {{"typ", attempt.type}, {"case", attempt.about}, {"by", attempt.by}}},
      {"fault", std::string(kFaultNames[static_cast<std::size_t>(attempt.fault)])},
      {"salt", to_base64url(as_byte_span(random_salt()))}};
  const Result<std::string> text = to_jcs(document);
  if (!text) return tl::unexpected(text.error());
  for (const fs::path& folder : {acts_folder(state), incoming_acts_folder(state)}) {
    if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
  }
  return place_file(incoming_acts_folder(state) / act_file_name(sha256(*text)), 0600, *text);
}

std::optional<TriedAct> parse_attempt(std::string_view text) {
  const Result<nlohmann::json> document = parse_json_strict(text);
  if (!document || !document->is_object()) return std::nullopt;
  const auto said = document->find("attempt");
  const auto* const fault =
      std::ranges::find(kFaultNames, text_member(*document, "fault").value_or(""));
  if (said == document->end() || !said->is_object() || fault == kFaultNames.end()) {
    return std::nullopt;
  }
  TriedAct attempt;
  attempt.type = text_member(*said, "typ").value_or("");
  attempt.about = text_member(*said, "case").value_or("");
  attempt.by = text_member(*said, "by").value_or("");
  attempt.fault = static_cast<AttemptFault>(fault - kFaultNames.begin());
  return attempt;
}

}  // namespace tidewaiter
