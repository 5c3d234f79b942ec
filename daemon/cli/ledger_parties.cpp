#include "daemon/cli/ledger_parties.h"

#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/app/erasures.h"
#include "policies/model/subject_part.h"

namespace tidewaiter {
namespace {

template <class One>
Result<const One*> lookup_party(const std::vector<One>& all, std::string_view prefix,
                                std::string_view what) {
  const One* found = nullptr;
  for (const One& one : all) {
    if (!one.id.starts_with(prefix)) continue;
    if (found != nullptr) {
      return fail(ErrorCode::kNotFound, "several of them begin with `" + std::string(prefix) + "`");
    }
    found = &one;
  }
  if (found != nullptr) return found;
  return fail(ErrorCode::kNotFound, "no " + std::string(what) + " begins with `" +
                                        std::string(prefix) + "`: `tidewaiter ledger " +
                                        std::string(what) + " list` has them");
}

}  // namespace

std::optional<PartyStores> open_parties(Invocation& run, int& status) {
  std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return std::nullopt;
  Result<ErasureBook> book = ErasureBook::read(*stores->ledger);
  if (book) return PartyStores{std::move(stores), *std::move(book)};
  status = fail_with(run, book.error());
  return std::nullopt;
}

Result<std::string> named_subject(const Ledger& ledger, const std::string& named) {
  if (!names_case(named)) {
    if (const auto part = parse_subject_part(named); !part) return tl::unexpected(part.error());
    return named;
  }
  const auto book = CaseBook::read(ledger);
  if (!book) return tl::unexpected(book.error());
  const Result<const Case*> found = book->lookup(named);
  if (!found) return tl::unexpected(found.error());
  if ((*found)->subject.empty()) {
    return fail(ErrorCode::kInvalidInput, "the case `" + (*found)->id + "` names nobody any more");
  }
  if (const auto part = parse_subject_part((*found)->subject); !part) {
    return tl::unexpected(part.error());
  }
  return (*found)->subject;
}

Result<const Hold*> lookup_hold(const ErasureBook& book, std::string_view prefix) {
  return lookup_party(book.holds(), prefix, "hold");
}

Result<const Erasure*> lookup_erasure(const ErasureBook& book, std::string_view prefix) {
  return lookup_party(book.erasures(), prefix, "erase");
}

int hand_in_about(Invocation& run, const Stores& stores, const ActOptions& options,
                  const std::string& id, ActBody body, const Confidential& content) {
  Act act;
  act.case_id = id;
  act.body = std::move(body);
  return hand_in(run, stores, options, std::move(act), content, true);
}

std::string party_text(const Stores& stores, const RecordedAct& act) {
  const auto subject = subject_of(stores.paths.folder, act.act.act);
  return subject && *subject ? **subject : "(erased)";
}

void add_party_options(CLI::App& verb, ActOptions& options, std::string& reason) {
  verb.add_option("--reason", reason, "Why; no outsider reads it")->type_name("TEXT")->required();
  add_act_options(verb, options, false);
}

}  // namespace tidewaiter
