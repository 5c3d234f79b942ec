#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/cli/act_submission.h"
#include "daemon/cli/command.h"
#include "daemon/cli/stores.h"
#include "storage/review/erasure_book.h"

namespace tidewaiter {

// `tidewaiter ledger hold` and `ledger erase`.
void add_ledger_hold(CLI::App& ledger, Selection& selection);
void add_ledger_erase(CLI::App& ledger, Selection& selection);

/// The stores, and what the ledger has of holds and erasures.
struct PartyStores {
  std::unique_ptr<Stores> stores;
  ErasureBook book;
};
/// As open_stores(); nothing where that, or reading the book, fails.
[[nodiscard]] std::optional<PartyStores> open_parties(Invocation& run, int& status);

/// The subject that a command line names: its text, or that of a case's findings. Errors:
/// kInvalidInput for what is no single id; kNotFound for no such case.
[[nodiscard]] Result<std::string> named_subject(const Ledger& ledger, const std::string& named);

/// The hold, or the erasure, whose id begins with `prefix`. Errors: kNotFound if there is none, or
/// more than one.
[[nodiscard]] Result<const Hold*> lookup_hold(const ErasureBook& book, std::string_view prefix);
[[nodiscard]] Result<const Erasure*> lookup_erasure(const ErasureBook& book,
                                                    std::string_view prefix);

/// Signs, hands in and records an act about `id`, without a word on success.
[[nodiscard]] int hand_in_about(Invocation& run, const Stores& stores, const ActOptions& options,
                                const std::string& id, ActBody body, const Confidential& content);

/// Whom an act names, for people: "(erased)" where its words are gone.
[[nodiscard]] std::string party_text(const Stores& stores, const RecordedAct& act);

/// Adds --reason, --as, --key and --json.
void add_party_options(CLI::App& verb, ActOptions& options, std::string& reason);

}  // namespace tidewaiter
