// Lines of any bytes as listed names, the last one as the name that is looked for, and as a share:
// forms keep their bounds, scores are symmetric, and the index finds what a scan finds.

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
  require(name_score(form, form) == kSameName);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<ListedParty> parties;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string name(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (parties.size() < 20 && name_form(name)) parties.push_back({name, {}, {}, {}, {}});
  }
  if (const auto share = parse_share(text)) require(parse_share(share_text(*share)) == share);
  const auto wanted = name_form(text);
  if (!wanted) return 0;
  check_form(*wanted);
  for (const ListedParty& party : parties) {
    const NameForm form = name_form(party.name).value();
    check_form(form);
    const Score score = name_score(form, *wanted);
    require(score >= 0 && score <= kSameName && score == name_score(*wanted, form));
  }
  const auto list = ScreenedList::make("fuzz", parties);
  require(list.has_value());
  for (const Score least : {1, 800'000, kSameName}) {
    require((*list)->find(*wanted, least, NameLookup::kIndex) ==
            (*list)->find(*wanted, least, NameLookup::kScan));
  }
  return 0;
}
