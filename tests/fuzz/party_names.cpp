// Lines of any bytes as listed names, the last one as the name that is looked for, and as a share:
// forms keep their bounds, scores are symmetric, and the index finds what a scan
// finds.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "policies/screening/ownership.h"
#include "policies/screening/screened_list.h"

namespace {

using namespace tidewaiter;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_form(const NameForm& form) {
  require(!form.words.empty() && form.length() <= kMostNameLength);
  for (const std::u32string& word : form.words) require(!word.empty());
  require(is_same_name(form, form));
}

void check_scores(std::string_view a, std::string_view b) {
  for (const PartyKind kind : {PartyKind::kPerson, PartyKind::kOrganisation}) {
    const auto left = compared_name(a, kind);
    const auto right = compared_name(b, kind);
    if (!left || !right) continue;
    NameMatcher matcher;
    const Score score = matcher.score(*left, *right);
    require(score >= 0 && score <= kSameName && score == matcher.score(*right, *left));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<ListedParty> parties;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string name(text.substr(0, end));
    text.remove_prefix(end + 1);
    const bool is_usable = name_form(name) && compared_name(name, PartyKind::kPerson) &&
                           compared_name(name, PartyKind::kOrganisation);
    if (parties.size() < 20 && is_usable) parties.push_back({name, {}, {}, {}, {}});
  }
  if (const auto share = parse_share(text)) require(parse_share(share_text(*share)) == share);
  const auto wanted = name_form(text);
  if (!wanted) return 0;
  check_form(*wanted);
  for (const ListedParty& party : parties) {
    const NameForm form = name_form(party.name).value();
    check_form(form);
    require(is_same_name(form, *wanted) == is_same_name(*wanted, form));
    check_scores(party.name, text);
  }
  const auto list = ScreenedList::make("fuzz", parties);
  require(list.has_value());
  require((*list)->find_same(*wanted, NameLookup::kIndex) ==
          (*list)->find_same(*wanted, NameLookup::kScan));
  if (!compared_name(text, PartyKind::kPerson) || !compared_name(text, PartyKind::kOrganisation)) {
    return 0;
  }
  for (const Score least : {1, 800'000, kSameName}) {
    const auto by_index = (*list)->find(text, std::nullopt, least, NameLookup::kIndex);
    const auto by_scan = (*list)->find(text, std::nullopt, least, NameLookup::kScan);
    require(by_index && by_scan && *by_index == *by_scan);
  }
  return 0;
}
