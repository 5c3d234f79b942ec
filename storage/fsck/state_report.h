#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/verify/verify.h"

namespace tidewaiter {

/// The parts of a state folder, in the order in which they are checked.
enum class StatePart : std::uint8_t {
  kLedger,    ///< ledger.db with its lock store
  kKey,       ///< ledger.key and ledger.vkey
  kVault,     ///< vault.db against the disclosures of the ledger
  kRecords,   ///< records.db against what the ledger has judged
  kFolder,    ///< what else lies there
  kExhibits,  ///< payloads/ against the exhibits of the ledger
};

/// "ledger", "key", "vault", "records", "folder", "exhibits".
[[nodiscard]] std::string_view state_part_name(StatePart part);

struct StateProblem {
  StatePart part = StatePart::kLedger;
  std::string message;  ///< what is wrong: one line for people, safe for a terminal
  std::string remedy;   ///< what to do about it
};

/// What to do about an error of a part: `put_back`, where its content is wrong or gone. What could
/// not be read just now, or not by this version, may be in order.
[[nodiscard]] std::string remedy_for(const Error& error, std::string_view put_back);

/// What a check of a state folder came to.
struct StateReport {
  VerifyReport ledger;                  ///< its problems are among `problems` too
  std::int64_t keys = 0;                ///< that the vault holds
  std::int64_t subjects = 0;            ///< that disclosures name
  bool records_there = false;           ///< a record log lies there, readable or not
  std::optional<std::int64_t> records;  ///< its entries; absent: there is none, or it is unreadable
  std::int64_t exhibits = 0;            ///< that are kept, and are what the ledger says
  std::int64_t exhibits_erased = 0;     ///< by an erasure of the ledger
  std::int64_t judged = 0;              ///< how many of them the ledger says were judged
  std::vector<StateProblem> problems;   ///< by part; empty: the state holds
  std::vector<std::string> notes;       ///< what is not wrong and yet worth a word

  [[nodiscard]] bool ok() const { return problems.empty(); }
};

/// 0 if the state holds; where the ledger does not, the code of verify_exit_code(); otherwise 30
/// for the key, 31 for the vault, 32 for the records, 33 for the folder, 34 for the exhibits, by
/// the first problem.
[[nodiscard]] int state_exit_code(const StateReport& report);

}  // namespace tidewaiter
