// Any bytes as a published list, as files of OFAC's (parted by zero bytes), as pairs of names and
// as names: every entry has a name and an id, and nothing but the three limits of a name keeps an
// entry from being found by its own name.

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/lists/list_book.h"
#include "policies/lists/list_format.h"
#include "policies/lists/name_pairs.h"

namespace {

using namespace tidewaiter;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string_view take_part(std::string_view& text) {
  const std::size_t end = text.find('\0');
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

void check_book(ParsedList list) {
  constexpr std::size_t kFew = 20;
  if (list.entries.size() > kFew) list.entries.resize(kFew);
  std::vector<ListBook::Source> sources;
  sources.push_back({"fuzz", std::move(list)});
  const ListBook book(std::move(sources));
  BookSearch search(book);
  for (const ListEntry& entry : book.sources().front().list.entries) {
    const PartyKind kind = entry.kind.value_or(likely_kind(entry.name));
    const auto hits = search.find(entry.name, kind, kSameName);
    if (!hits) continue;
    bool found = false;
    for (const BookHit& hit : *hits) found = found || hit.entry == &entry;
    require(found);
    require(!search.parts(entry.name, hits->front()).empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const NamePair& pair : parse_name_pairs(text).rows)
    require(!pair.a.empty() && !pair.b.empty());
  for (const WantedName& wanted : parse_wanted_names(text).rows) require(!wanted.name.empty());
  std::string_view rest = text;
  OfacFiles files;
  files.primary = take_part(rest);
  files.aliases = take_part(rest);
  files.addresses = take_part(rest);
  files.comments = rest;
  Result<ParsedList> list = parse_list(files);
  if (!list) return 0;
  for (const ListEntry& entry : list->entries) {
    require(!entry.name.empty() && !entry.id.empty());
    for (const ListedName& alias : entry.aliases) require(!alias.text.empty());
  }
  check_book(std::move(*list));
  return 0;
}
