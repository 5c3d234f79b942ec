#include "policies/screening/ownership.h"

#include <algorithm>
#include <utility>

namespace tidewaiter {

std::optional<Share> parse_share(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  if (text.ends_with(' ')) text.remove_suffix(1);
  constexpr Share kPercent = kWholeShare / 100;
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view decimals = text.substr(std::min(point + 1, text.size()));
  if (whole.empty() || whole.size() > 3 || (point < text.size() && decimals.empty())) {
    return std::nullopt;
  }
  Share share = 0;
  Share unit = kPercent;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(decimals, is_digit)) {
    return std::nullopt;
  }
  for (const char c : whole) share = share * 10 + (c - '0') * kPercent;
  for (const char c : decimals) {
    unit /= 10;
    if (unit == 0) return std::nullopt;
    share += (c - '0') * unit;
  }
  return share <= kWholeShare ? std::optional(share) : std::nullopt;
}

std::string share_text(Share share) {
  constexpr Share kPercent = kWholeShare / 100;
  std::string decimals = std::to_string(share % kPercent + kPercent).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  return std::to_string(share / kPercent) + (decimals.empty() ? "" : "." + decimals) + "%";
}

struct Ownership::Owner {
  std::string name;
  std::string identifier;      ///< may be empty
  std::optional<Share> share;  ///< nothing: not known
  std::optional<bool> listed;  ///< nothing: the name cannot be compared
  std::string list;            ///< of listed ones: where, and as whom
  std::string party;
  std::string doubt;                      ///< a party that it may be listed as; may be empty
  const ScreenedList* unknown = nullptr;  ///< a list that may have it: nobody has confirmed it
};

/// What listed owners have together, or the greatest of them.
struct Ownership::Held {
  Share least = 0;  ///< by the shares that are known
  Share most = 0;   ///< where what is not known is theirs as far as it can be
};

Ownership::Ownership(Parts parts)
    : parts_(std::move(parts)),
      fields_{*find_field("owners"), *find_field("owners.share"),
              *find_field("owners.identifier")} {}

void Ownership::look_up(Owner& owner, UtcTime time, NameLookup how) const {
  const auto form = name_form(owner.name);
  if (form) owner.listed = false;
  for (const auto& list : parts_.lists) {
    std::vector<std::uint32_t> parties = list->find_identifier(owner.identifier, how);
    if (form) {
      for (const std::uint32_t party : list->find_same(*form, how)) parties.push_back(party);
    }
    for (const std::uint32_t p : parties) {
      const ListedParty& party = list->parties()[p];
      if (!party.stands_at(time)) continue;
      const std::optional<bool> is_taken = parts_.choice.takes(*list, party, time);
      if (is_taken == false) continue;
      if (!is_taken) {
        owner.doubt = "may be `" + party.name + "` of list:" + list->name() +
                      ", of whom it is not known whether it is listed" + parts_.choice.text();
        continue;
      }
      owner.listed = true;
      owner.list = "list:" + list->name();
      if (const auto& issue = list->standing()) owner.list += ", " + issue_text(*issue);
      owner.list += " (asks " + obligations_text(list->follows(party, time)) + ")";
      owner.party = party.name;
      return;
    }
  }
  if (!owner.doubt.empty()) owner.listed = std::nullopt;
  owner.unknown = first_unknown(parts_.lists, time);
  if (owner.unknown != nullptr) owner.listed = std::nullopt;
}

std::vector<Ownership::Owner> Ownership::owners_of(const Record& record, NameLookup how) const {
  const std::vector<std::string> names = field_texts(record, fields_[0]);
  const std::vector<std::string> shares = field_texts(record, fields_[1]);
  const std::vector<std::string> identifiers = field_texts(record, fields_[2]);
  std::vector<Owner> owners;
  for (std::size_t i = 0; i < names.size(); ++i) {
    Owner owner;
    owner.name = names[i];
    if (i < identifiers.size()) owner.identifier = identifiers[i];
    if (i < shares.size()) owner.share = parse_share(shares[i]);
    look_up(owner, record.time, how);
    owners.push_back(std::move(owner));
  }
  return owners;
}

bool Ownership::is_enough(Share share) const {
  return parts_.more ? share > parts_.share : share >= parts_.share;
}

Ownership::Held Ownership::held(const std::vector<Owner>& owners) const {
  Held held;
  Share told = 0;  // of all owners
  bool untold = false;
  const auto add = [this](Share& to, Share share) {
    to = parts_.aggregate ? to + share : std::max(to, share);
  };
  for (const Owner& owner : owners) {
    told += owner.share.value_or(0);
    if (owner.listed == false) continue;
    untold = untold || !owner.share;
    if (owner.listed == true) add(held.least, owner.share.value_or(0));
    add(held.most, owner.share.value_or(0));
  }
  if (untold) add(held.most, std::max<Share>(kWholeShare - told, 0));
  return held;
}

std::optional<bool> Ownership::truth(const std::vector<Owner>& owners, const Held& held) const {
  if (owners.empty()) return std::nullopt;
  if (is_enough(held.least)) return true;
  if (!is_enough(held.most)) return false;
  const bool open = std::ranges::any_of(
      owners, [](const Owner& owner) { return owner.listed == true && !owner.share; });
  return parts_.report_unknown && open ? std::optional(true) : std::nullopt;
}

PartyCheck::Verdict Ownership::judge(const Record& record, NameLookup how) const {
  const std::vector<Owner> owners = owners_of(record, how);
  const Held shares = held(owners);
  const std::optional<bool> answer = truth(owners, shares);
  if (answer != true) return {answer, std::nullopt};
  return {answer, static_cast<double>(shares.least) / (kWholeShare / 100)};
}

PartyCheck::Grounds Ownership::grounds(const Record& record) const {
  const std::vector<Owner> owners = owners_of(record, NameLookup::kScan);
  if (owners.empty()) return {0.0, {"the owners are not known"}};
  const Held shares = held(owners);
  Grounds grounds{static_cast<double>(shares.most) / kWholeShare, {}};
  for (const Owner& owner : owners) {
    if (owner.listed == false) continue;
    const std::string what =
        "owner `" + owner.name + "` has " +
        (owner.share ? share_text(*owner.share) : std::string("a share that is not known"));
    if (owner.listed == true) {
      grounds.lines.push_back(what + ", and is `" + owner.party + "` of " + owner.list);
    } else if (!owner.doubt.empty()) {
      grounds.lines.push_back(what + ", and " + owner.doubt);
    } else if (owner.unknown != nullptr) {
      grounds.lines.push_back(what + "; " + unknown_text(*owner.unknown));
    } else {
      grounds.lines.push_back(what + ", and a name that cannot be compared");
    }
  }
  if (grounds.lines.empty()) return {0.0, {"no owner is listed"}};
  const std::string who = parts_.aggregate ? "listed owners have together "
                                           : "the greatest share of a listed owner is ";
  grounds.lines.push_back(
      who + share_text(shares.least) +
      (shares.most > shares.least ? ", and up to " + share_text(shares.most) : std::string()) +
      "; reported is " + limit_text());
  return grounds;
}

std::string Ownership::limit_text() const {
  return (parts_.more ? "more than " : "at least ") + share_text(parts_.share);
}

std::string Ownership::canonical_text() const {
  std::string text = "ownership(";
  for (const auto& list : parts_.lists) {
    text += list->meaning() + ", ";
  }
  text += parts_.more ? "> " : ">= ";
  text += share_text(parts_.share);
  text += parts_.aggregate ? ", together" : ", one alone";
  if (parts_.report_unknown) text += ", or not known";
  text += parts_.choice.meaning(parts_.lists);
  return text + ", " + name_tables() + ")";
}

std::string Ownership::summary() const {
  std::string lists;
  for (const auto& list : parts_.lists)
    lists += (lists.empty() ? "list:" : " or list:") + list->name();
  if (!parts_.choice.takes_all()) lists += " that are listed" + parts_.choice.text();
  return "owners in " + lists + (parts_.aggregate ? " have together " : " have by themselves ") +
         limit_text() + (parts_.report_unknown ? ", or may have, as a share is not known" : "");
}

}  // namespace tidewaiter
