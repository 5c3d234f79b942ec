#include "storage/postgres/sql_state.h"

#include <algorithm>
#include <array>

namespace tidewaiter {
namespace {

struct StateWords {
  std::string_view begin;  ///< of the code
  ErrorCode code;
  std::string_view words;
};

/// What a code says, by what a person can do about it (PostgreSQL 15, appendix A). The first that
/// fits holds.
constexpr auto kStates = std::to_array<StateWords>({
    {"28", ErrorCode::kRefused, "the database does not let the role in; check its password"},
    {"42501", ErrorCode::kRefused,
     "the role may not do that; grant what `tidewaiter ledger schema` prints"},
    {"42P01", ErrorCode::kRefused,
     "the database lacks a table of the ledger; the owner makes them by what `tidewaiter ledger "
     "schema` prints"},
    {"3F000", ErrorCode::kRefused,
     "the database lacks the ledger's schema; the owner makes it by what `tidewaiter ledger "
     "schema` prints"},
    {"3D000", ErrorCode::kRefused, "there is no such database"},
    {"23", ErrorCode::kRefused, "a row like that is there already, or may not be there"},
    {"P0001", ErrorCode::kRefused, "the table is append-only"},
    {"25006", ErrorCode::kUnavailable, "the database is a standby that takes no writes"},
    {"53100", ErrorCode::kUnavailable,
     "the database's disk is full; free space, nothing was written"},
    {"57014", ErrorCode::kUnavailable, "the database broke the statement off"},
    {"55P03", ErrorCode::kUnavailable, "somebody else holds a lock"},
    {"08", ErrorCode::kUnavailable, "the connection was lost"},
    {"25P03", ErrorCode::kUnavailable, "the database ended a transaction that stood still"},
    {"40", ErrorCode::kUnavailable, "the database took the transaction back"},
    {"53", ErrorCode::kUnavailable, "the database lacks room or connections"},
    {"55", ErrorCode::kUnavailable, "the database cannot do it now"},
    {"57", ErrorCode::kUnavailable, "the database is being stopped or started"},
    {"58", ErrorCode::kUnavailable, "the database's system failed"},
    {"22P02", ErrorCode::kCorruption, "what is stored is damaged; verify the ledger"},
    {"22", ErrorCode::kInvalidInput, "the database cannot keep a value"},
    {"XX", ErrorCode::kCorruption,
     "the database says that its files are damaged; restore them from a backup"},
});

}  // namespace

std::string sql_state_in(std::string_view message) {
  constexpr std::size_t kLength = 5;
  while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) {
    message.remove_suffix(1);
  }
  if (message.size() < kLength + 2 || message.substr(message.size() - kLength - 2, 2) != "  ") {
    return {};
  }
  const std::string_view state = message.substr(message.size() - kLength);
  const bool good = std::ranges::all_of(
      state, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
  return good ? std::string(state) : std::string();
}

Error sql_state_error(std::string_view state, std::string_view doing) {
  const auto* const found = std::ranges::find_if(
      kStates, [state](const StateWords& known) { return state.starts_with(known.begin); });
  const bool known = found != kStates.end();
  return {known ? found->code : ErrorCode::kCorruption,
          "cannot " + std::string(doing) + ": " +
              std::string(known ? found->words : "the tables are not as this program made them") +
              " (SQLSTATE " + std::string(state) + ")"};
}

}  // namespace tidewaiter
