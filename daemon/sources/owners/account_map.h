#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sources/pull_watch.h"
#include "policies/model/digest.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// Which account an organisation is: by an identifier that an operator has written down beside the
/// account, or by one that is the account's id itself. A plain value.
class AccountMap {
 public:
  /// One line of the file.
  struct Line {
    std::string account;
    std::string identifier;  ///< "lei:…", scheme in lower case
    std::int64_t number = 1;
  };

  AccountMap() = default;

  /// Reads CSV with the columns `account` and `identifier`, in any order, beside others.
  /// Errors: kInvalidInput at "path:line": no such column, a line without a scheme or an account,
  /// no line at all, more than 1,000,000 lines; kUnavailable if it cannot be read.
  [[nodiscard]] static Result<AccountMap> read(const std::filesystem::path& path,
                                               const PullWatch& watch);

  /// Identifiers of this scheme, in any spelling of it, are ids of accounts.
  void take_ids_of(std::string_view scheme);

  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// The accounts that one of these identifiers names: letters count in either case.
  [[nodiscard]] std::set<std::string> accounts_of(
      const std::vector<std::string>& identifiers) const;

  /// Those of these identifiers that lines of the file have, in lower case.
  [[nodiscard]] std::set<std::string> named_by(const std::vector<std::string>& identifiers) const;
  /// The lines whose identifier is not among `named`, as named_by() has them; they point into the
  /// map.
  [[nodiscard]] std::vector<const Line*> lines_without(const std::set<std::string>& named) const;

  /// Stands for what the map says.
  [[nodiscard]] Digest digest() const;

 private:
  [[nodiscard]] Result<void> take(const std::string& account, const std::string& written,
                                  std::int64_t number);

  std::string path_;
  std::vector<Line> lines_;
  std::map<std::string, std::set<std::string>, std::less<>> accounts_;  ///< by folded identifier
  std::string scheme_;  ///< with its colon; empty: none
};

}  // namespace tidewaiter
