#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/error.h"
#include "storage/review/report_kinds.h"

namespace tidewaiter {

/// A part of a report that a recipient may be configured not to be given, though the profile lets
/// it through.
struct RecipientPart {
  std::string_view name;  ///< "figures"
  std::string_view text;  ///< for people: "figures whose value is a text"
};
/// By name.
[[nodiscard]] std::span<const RecipientPart> recipient_parts();
/// The text of a part; the name itself where there is no such part.
[[nodiscard]] std::string_view recipient_part_text(std::string_view name);

/// The marking of a report of which nobody says another.
inline constexpr std::string_view kUsualHandling = "TLP:AMBER";

/// Somebody to whom a site gives reports, and what of them. Plain value.
struct ReportRecipient {
  std::string id;    ///< as --for names it
  std::string name;  ///< as reports say it
  std::string authority;
  std::string legal_basis;
  std::vector<std::string> kinds;  ///< that it may be given; empty: all
  std::string profile = "facts";   ///< that lets the most through; a name of redaction_profiles()
  std::vector<std::string> withholds;  ///< names of recipient_parts(), sorted
  std::string handling;                ///< the usual marking; empty: kUsualHandling
  std::string handling_at_most;        ///< the strictest that it may be given; empty: any
  bool operator==(const ReportRecipient&) const = default;

  [[nodiscard]] bool is_given(std::string_view part) const;
};

/// The recipient whose id or name a text is, but for case and for blanks: those around it do not
/// count, several within it are one, whichever of Unicode's they are (White_Space), and those
/// without width are none. Null where none is. A name that is typed by hand is no way past what is
/// configured.
[[nodiscard]] const ReportRecipient* recipient_named(std::span<const ReportRecipient> all,
                                                     std::string_view text);

/// In which form a report goes out.
struct ReportForm {
  std::string profile;
  std::string handling;
  bool operator==(const ReportForm&) const = default;
};

/// The form of a report of `kind` for `to`, which may be null: of the profile and marking that a
/// person asks for, where these are not empty, else of the recipient's, else of the kind's.
/// Errors: kRefused for a kind that the recipient is not given, for a profile that would disclose
/// more than the kind allows or than the recipient is given, and for a marking that is stricter
/// than it may have. Pure.
[[nodiscard]] Result<ReportForm> report_form(const ReportKind& kind, const ReportRecipient* to,
                                             const std::string& profile,
                                             const std::string& handling);

}  // namespace tidewaiter
