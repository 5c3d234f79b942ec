#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/sources/connector.h"
#include "daemon/sources/file_listing.h"
#include "daemon/sources/owners/account_map.h"
#include "daemon/sources/owners/owner_cursor.h"
#include "daemon/sources/owners/owner_kind.h"
#include "daemon/sources/owners/owner_reading.h"

namespace tidewaiter {

/// Account records with owners, from files of ownership statements; docs/sources/bods.md has the
/// rules. Files say how things stood on which day, so that they are read whole: once a UTC day,
/// soon after it has ended, and again whenever they or the map of accounts have changed.
///
/// Nothing is kept between pulls but the cursor: a pull that was cut off reads the files again, and
/// goes on where its last page ended if they are the same.
class OwnerSource final : public Connector {
 public:
  /// Errors: kInvalidInput if the configuration names neither `accounts` nor `account_in`.
  [[nodiscard]] static Result<std::unique_ptr<Connector>> make(const SourceConfig& config,
                                                               const SourceServices& services);

  [[nodiscard]] Result<std::optional<Page>> next(const std::string& cursor, UtcTime now,
                                                 const PullWatch& watch) override;
  [[nodiscard]] PullProgress progress() const override { return done_; }
  [[nodiscard]] Result<std::vector<std::string>> check(const std::string& cursor,
                                                       UtcTime now) override;

 private:
  explicit OwnerSource(SourceConfig config);

  /// What a pull reads, and what it stands for.
  struct Input {
    std::vector<ListedFile> files;
    AccountMap accounts;
    std::string print;
  };
  /// What is to be given, in its order.
  struct Waiting {
    std::vector<Record> records;
    std::vector<QuarantinedInput> bad;
  };

  [[nodiscard]] Result<OwnerCursor> state_of(const std::string& cursor, UtcTime now) const;
  [[nodiscard]] Result<Input> look(const PullWatch& watch) const;
  [[nodiscard]] Result<OwnerReading> read(const Input& input, UtcTime now, const PullWatch& watch);
  [[nodiscard]] Result<bool> prepare(const std::string& cursor, UtcTime now,
                                     const PullWatch& watch);
  [[nodiscard]] Page give(UtcTime now);
  void forget();

  SourceConfig config_;
  const OwnerKind* kind_;
  std::string query_;
  std::optional<std::string> cursor_;  ///< what state_ stands for; nothing: no pull is under way
  OwnerCursor state_;
  std::optional<Waiting> waiting_;
  bool ended_ = false;  ///< with the last page, which had no `drained` to say so
  PullProgress done_;
};

}  // namespace tidewaiter
