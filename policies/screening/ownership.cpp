#include "policies/screening/ownership.h"

#include <algorithm>
#include <utility>

namespace tidewaiter {

namespace {

constexpr double kPercentShare = static_cast<double>(kWholeShare) / 100.0;

std::string quoted_party(const OwnerChain::Party& party) {
  if (!party.names.empty()) return "`" + party.names.front() + "`";
  return party.identifier.empty() ? "without a name" : "`" + party.identifier + "` without a name";
}

std::string holding_text(const OwnerChain& chain, const OwnerChain::Row& row) {
  std::string text = "owner " + quoted_party(chain.parties()[row.owner]) + " has ";
  text += row.share ? share_range_text(*row.share) : std::string("a share that is not known");
  if (row.of != OwnerChain::kAccount) text += " of " + quoted_party(chain.parties()[row.of]);
  return text;
}

/// "60%"; of shares that come to more than all, what can be true of it.
std::string sum_text(Share sum) { return share_text(std::min(sum, kWholeShare)); }

std::string contradiction_text(const OwnerChain& chain, std::size_t of) {
  return chain.contradicts_itself(of) ? " (its stated shares come to more than 100%)" : "";
}

std::string uncomparable_text(const OwnerChain::Party& party) {
  return party.names.empty() ? ", and who that is cannot be told"
                             : ", and a name that cannot be compared";
}

}  // namespace

/// What the lists say of a party.
struct Ownership::Standing {
  std::optional<bool> listed;  ///< nothing: the name cannot be compared
  std::string list;            ///< of listed ones: where, and as whom
  std::string party;
  std::string doubt;                      ///< a party that it may be listed as; may be empty
  const ScreenedList* unknown = nullptr;  ///< a list that may have it: nobody has confirmed it
};

/// What listed owners have together, or the greatest of them.
struct Ownership::Outcome {
  OwnerChain::Held held;
  bool empty = true;            ///< the record names no owners
  bool open = false;            ///< what is not known of shares could make those listed enough
  std::vector<bool> counts;     ///< by party: it counts by what is stated
  std::vector<bool> may_count;  ///< … or might
};

Ownership::Ownership(Parts parts)
    : parts_(std::move(parts)),
      fields_{*find_field("owners"), *find_field("owners.share"), *find_field("owners.identifier"),
              *find_field("owners.of")} {}

OwnerChain Ownership::chain_of(const Record& record) const {
  return OwnerChain({field_texts(record, fields_[0]), field_texts(record, fields_[1]),
                     field_texts(record, fields_[2]), field_texts(record, fields_[3])});
}

bool Ownership::take_up(const ScreenedList& list, const ListedParty& party, UtcTime time,
                        Standing& standing) const {
  if (!party.stands_at(time)) return false;
  const std::optional<bool> is_taken = parts_.choice.takes(list, party, time);
  if (is_taken == false) return false;
  if (!is_taken) {
    standing.doubt = "may be `" + party.name + "` of list:" + list.name() +
                     ", of whom it is not known whether it is listed" + parts_.choice.text();
    return false;
  }
  standing.listed = true;
  standing.list = "list:" + list.name();
  if (const auto& issue = list.standing()) standing.list += ", " + issue_text(*issue);
  if (list.consequences() != nullptr) {
    standing.list += " (asks " + obligations_text(list.follows(party, time)) + ")";
  }
  standing.party = party.name;
  return true;
}

Ownership::Standing Ownership::standing_of(const OwnerChain::Party& party, UtcTime time,
                                           NameLookup how) const {
  Standing standing;
  std::vector<NameForm> forms;
  for (const std::string& name : party.names) {
    if (auto form = name_form(name)) forms.push_back(*std::move(form));
  }
  if (!forms.empty() && forms.size() == party.names.size()) standing.listed = false;
  for (const auto& list : parts_.lists) {
    std::vector<std::uint32_t> found = list->find_identifier(party.identifier, how);
    for (const NameForm& form : forms) {
      for (const std::uint32_t p : list->find_same(form, how)) found.push_back(p);
    }
    for (const std::uint32_t p : found) {
      if (take_up(*list, list->parties()[p], time, standing)) return standing;
    }
  }
  if (!standing.doubt.empty()) standing.listed = std::nullopt;
  standing.unknown = first_unknown(parts_.lists, time);
  if (standing.unknown != nullptr) standing.listed = std::nullopt;
  return standing;
}

std::vector<Ownership::Standing> Ownership::look_up(const OwnerChain& chain, UtcTime time,
                                                    NameLookup how) const {
  std::vector<Standing> standings;
  for (const OwnerChain::Party& party : chain.parties()) {
    standings.push_back(standing_of(party, time, how));
  }
  return standings;
}

bool Ownership::is_enough(Share share) const {
  return parts_.more ? share > parts_.share : share >= parts_.share;
}

/// Where these are listed, and those may be.
Ownership::Outcome Ownership::outcome_of(const OwnerChain& chain, std::vector<bool> listed,
                                         std::vector<bool> maybe) const {
  const auto enough = [this](Share share) { return is_enough(share); };
  Outcome outcome;
  // Who only may be listed is left out: no doubt about a share is one about them.
  const std::vector<bool> at_most = chain.counting(listed, true, enough);
  outcome.open = is_enough(chain.held(OwnerChain::kAccount, at_most).most);
  outcome.counts = chain.counting(std::move(listed), false, enough);
  outcome.may_count = chain.counting(std::move(maybe), true, enough);
  outcome.empty = chain.rows().empty();
  outcome.held.least = chain.held(OwnerChain::kAccount, outcome.counts).least;
  outcome.held.most = chain.held(OwnerChain::kAccount, outcome.may_count).most;
  return outcome;
}

Ownership::Outcome Ownership::outcome(const OwnerChain& chain,
                                      const std::vector<Standing>& standings) const {
  const std::size_t count = standings.size();
  std::vector<bool> listed(count);
  std::vector<bool> maybe(count);
  for (std::size_t i = 0; i < count; ++i) {
    listed[i] = standings[i].listed == true;
    maybe[i] = standings[i].listed != false;
  }
  if (parts_.aggregate) return outcome_of(chain, std::move(listed), std::move(maybe));
  Outcome greatest;
  greatest.empty = chain.rows().empty();
  greatest.counts.resize(count);
  greatest.may_count.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!maybe[i]) continue;
    std::vector<bool> alone(count);
    alone[i] = true;
    const Outcome one = outcome_of(chain, listed[i] ? alone : std::vector<bool>(count), alone);
    greatest.held.least = std::max(greatest.held.least, one.held.least);
    greatest.held.most = std::max(greatest.held.most, one.held.most);
    greatest.open = greatest.open || one.open;
    for (std::size_t p = 0; p < count; ++p) {
      greatest.counts[p] = greatest.counts[p] || one.counts[p];
      greatest.may_count[p] = greatest.may_count[p] || one.may_count[p];
    }
  }
  return greatest;
}

std::optional<bool> Ownership::truth(const Outcome& outcome) const {
  if (outcome.empty) return std::nullopt;
  if (is_enough(outcome.held.least)) return true;
  if (!is_enough(outcome.held.most)) return false;
  return parts_.report_unknown && outcome.open ? std::optional(true) : std::nullopt;
}

PartyCheck::Verdict Ownership::judge(const Record& record, NameLookup how) const {
  const OwnerChain chain = chain_of(record);
  const Outcome shares = outcome(chain, look_up(chain, record.time, how));
  const std::optional<bool> answer = truth(shares);
  if (answer != true) return {answer, std::nullopt};
  return {answer, static_cast<double>(std::min(shares.held.least, kWholeShare)) / kPercentShare};
}

/// What each owner who counts, or may, has, and why it counts.
std::vector<std::string> Ownership::lines(const OwnerChain& chain,
                                          const std::vector<Standing>& standings,
                                          const Outcome& outcome) const {
  std::vector<std::string> lines;
  std::vector<bool> told(chain.parties().size());
  for (const OwnerChain::Row& row : chain.rows()) {
    const bool is_further = told[row.owner];
    told[row.owner] = true;
    // A further row of nothing is there for another name of the party, which has told what it has.
    if (is_further && row.share && row.share->most == 0) continue;
    const Standing& standing = standings[row.owner];
    const std::string what = holding_text(chain, row);
    if (standing.listed == true) {
      lines.push_back(what + ", and is `" + standing.party + "` of " + standing.list);
    } else if (outcome.counts[row.owner]) {
      const Share least = chain.held(row.owner, outcome.counts).least;
      lines.push_back(what + ", and listed owners have " + sum_text(least) + " of it" +
                      contradiction_text(chain, row.owner));
    } else if (!standing.doubt.empty()) {
      lines.push_back(what + ", and " + standing.doubt);
    } else if (standing.unknown != nullptr) {
      lines.push_back(what + "; " + unknown_text(*standing.unknown));
    } else if (!standing.listed) {
      lines.push_back(what + uncomparable_text(chain.parties()[row.owner]));
    } else if (outcome.may_count[row.owner]) {
      const Share most = chain.held(row.owner, outcome.may_count).most;
      lines.push_back(what + ", and listed owners may have up to " + sum_text(most) + " of it" +
                      contradiction_text(chain, row.owner));
    }
  }
  return lines;
}

PartyCheck::Grounds Ownership::grounds(const Record& record) const {
  const OwnerChain chain = chain_of(record);
  if (chain.rows().empty()) return {0.0, {"the owners are not known"}};
  const std::vector<Standing> standings = look_up(chain, record.time, NameLookup::kScan);
  const Outcome shares = outcome(chain, standings);
  const Share least = std::min(shares.held.least, kWholeShare);
  const Share most = std::min(std::max(least, shares.held.most), kWholeShare);
  Grounds grounds{static_cast<double>(most) / kWholeShare, lines(chain, standings, shares)};
  if (grounds.lines.empty()) return {0.0, {"no owner is listed"}};
  const std::string who = parts_.aggregate ? "listed owners have together "
                                           : "the greatest share of a listed owner is ";
  grounds.lines.push_back(who + share_text(least) +
                          (most > least ? ", and up to " + share_text(most) : std::string()) +
                          "; reported is " + limit_text());
  if (chain.contradicts_itself(OwnerChain::kAccount)) {
    grounds.lines.emplace_back(
        "the stated shares of the account come to more than 100%: they contradict themselves");
  }
  return grounds;
}

std::string Ownership::limit_text() const {
  return (parts_.more ? "more than " : "at least ") + share_text(parts_.share);
}

std::string Ownership::canonical_text() const {
  // The edition of the rules: owners of owners, ranges, rows of one party, and what a party has of
  // itself; reported is what is not known of listed parties alone.
  std::string text = "ownership 3(";
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
