#include "storage/review/report_recipient.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "policies/model/ascii.h"
#include "policies/model/utf8.h"
#include "storage/review/tlp_marking.h"

namespace tidewaiter {
namespace {

constexpr std::array<RecipientPart, 6> kRecipientParts{{
    {"figures", "figures whose value is a text"},
    {"members", "list of the accounts of a cluster"},
    {"models", "shares of models before and after a release"},
    {"names", "names of accounts that are like those of listed parties"},
    {"picture", "picture of what links the accounts of a cluster"},
    {"usage", "usage over time"},
}};

/// Unicode's property White_Space (PropList.txt of 15.0).
bool is_blank(std::uint32_t c) {
  constexpr std::array<std::uint32_t, 9> kSingle{0x20,   0x85,   0xA0,   0x1680, 0x2028,
                                                 0x2029, 0x202F, 0x205F, 0x3000};
  if (std::ranges::find(kSingle, c) != kSingle.end()) return true;
  return (c >= 0x9 && c <= 0xD) || (c >= 0x2000 && c <= 0x200A);
}

/// Zero width space, word joiner and byte order mark: nobody sees that they are there.
bool is_without_width(std::uint32_t c) { return c == 0x200B || c == 0x2060 || c == 0xFEFF; }

/// A name as it is compared. A byte that is no UTF-8 stands for itself.
std::string compared_name(std::string_view text) {
  std::string name;
  bool blank = false;
  while (!text.empty()) {
    const std::size_t length = utf8_length_at(text, 0);
    const std::string_view one = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(one.size());
    const std::uint32_t c = length == 0 ? 0 : code_point_of(one);
    if (is_without_width(c)) continue;
    if (is_blank(c)) {
      blank = true;
      continue;
    }
    if (blank && !name.empty()) name += ' ';
    blank = false;
    name += one;
  }
  return ascii_lower(name);
}

/// Profiles are told apart by whether they name subjects.
bool discloses_more(std::string_view profile, std::string_view than) {
  const RedactionProfile* const one = redaction_profile(profile);
  const RedactionProfile* const other = redaction_profile(than);
  return one != nullptr && other != nullptr && one->subjects && !other->subjects;
}

tl::unexpected<Error> not_of_kind(const ReportKind& kind, const std::string& profile) {
  const bool more = std::ranges::all_of(kind.profiles, [&profile](std::string_view allowed) {
    return discloses_more(profile, allowed);
  });
  return fail(ErrorCode::kRefused,
              "the redaction profile `" + profile + "` " +
                  (more ? "would disclose more than" : "lets through too little for") +
                  " a report of kind `" + std::string(kind.name) + "`, which has `" +
                  std::string(kind.profiles.front()) + "`: state it with --profile");
}

Result<void> check_recipient(const ReportKind& kind, const ReportRecipient& to,
                             const ReportForm& form) {
  const std::string who = "the recipient `" + to.id + "` ";
  if (!to.kinds.empty() && std::ranges::find(to.kinds, kind.name) == to.kinds.end()) {
    return fail(ErrorCode::kRefused,
                who + "is given no report of kind `" + std::string(kind.name) + "`");
  }
  if (discloses_more(form.profile, to.profile)) {
    return fail(ErrorCode::kRefused, who + "is given the redaction profile `" + to.profile +
                                         "`, and `" + form.profile + "` discloses more");
  }
  if (to.handling_at_most.empty() || !is_laxer(to.handling_at_most, form.handling)) return {};
  return fail(ErrorCode::kRefused, who + "is given what is marked `" + to.handling_at_most +
                                       "` at most, and this would be `" + form.handling +
                                       "`: state another marking with --handling, where it "
                                       "is true");
}

}  // namespace

std::span<const RecipientPart> recipient_parts() { return kRecipientParts; }

std::string_view recipient_part_text(std::string_view name) {
  const auto* const found = std::ranges::find(kRecipientParts, name, &RecipientPart::name);
  return found == kRecipientParts.end() ? name : found->text;
}

bool ReportRecipient::is_given(std::string_view part) const {
  return std::ranges::find(withholds, part) == withholds.end();
}

const ReportRecipient* recipient_named(std::span<const ReportRecipient> all,
                                       std::string_view text) {
  const std::string wanted = compared_name(text);
  for (const ReportRecipient& one : all) {
    if (ascii_lower(one.id) == wanted || compared_name(one.name) == wanted) return &one;
  }
  return nullptr;
}

Result<ReportForm> report_form(const ReportKind& kind, const ReportRecipient* to,
                               const std::string& profile, const std::string& handling) {
  ReportForm form{profile, handling};
  if (form.profile.empty() && to != nullptr) form.profile = to->profile;
  if (form.profile.empty()) form.profile = kind.profiles.front();
  if (form.handling.empty() && to != nullptr) form.handling = to->handling;
  if (form.handling.empty()) form.handling = kUsualHandling;
  if (to != nullptr) {
    if (auto may = check_recipient(kind, *to, form); !may) return tl::unexpected(may.error());
  }
  if (!kind_allows(kind, form.profile)) return not_of_kind(kind, form.profile);
  return form;
}

}  // namespace tidewaiter
