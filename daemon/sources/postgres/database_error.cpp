#include "daemon/sources/postgres/database_error.h"

namespace tidewaiter {

Error database_error(const std::string& state, const std::string& role) {
  const std::string told = " (SQLSTATE " + state + ")";
  if (state.starts_with("28")) {
    return {ErrorCode::kRefused, "the database does not let `" + role + "` in" + told +
                                     ": give `token` the role's password, then reload"};
  }
  if (state == "42501") {
    return {ErrorCode::kRefused, "`" + role + "` may not read the table" + told +
                                     ": grant it SELECT as the source's page says, then reload"};
  }
  if (state == "57014") {
    return {ErrorCode::kUnavailable,
            "the database broke a statement off" + told +
                ": it took longer than `deadline`, or somebody cancelled it"};
  }
  for (const char* const passing : {"08", "40", "53", "55", "57", "58"}) {
    if (state.starts_with(passing)) {
      return {ErrorCode::kUnavailable, "the database cannot answer now" + told};
    }
  }
  return {ErrorCode::kInvalidInput, "the database does not take what was asked" + told};
}

}  // namespace tidewaiter
