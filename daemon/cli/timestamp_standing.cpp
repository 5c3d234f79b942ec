#include "daemon/cli/timestamp_standing.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "storage/timestamp/timestamp_folder.h"

namespace tidewaiter {
namespace {

TokenStanding judge(const StoredTimestamp& token, const VerifierKey& log,
                    const TimestampAuthorities* authorities) {
  TokenStanding standing{token.size, token.file, std::nullopt, {}};
  if (authorities == nullptr) {
    standing.why_not = "not judged: no certificates of authorities are known";
    return standing;
  }
  if (!token.fault.empty()) {
    standing.why_not = token.fault;
    return standing;
  }
  const auto note = own_note(token.note, log);
  if (!note || *note != token.note) {
    standing.why_not = "its head is not one that the ledger's key signed";
    return standing;
  }
  auto holds = verify_stored(token, *authorities);
  if (holds) {
    standing.holds = std::move(*holds);
  } else {
    standing.why_not = holds.error().message;
  }
  return standing;
}

}  // namespace

const TokenStanding* TimestampStanding::newest() const {
  const auto found = std::find_if(tokens.rbegin(), tokens.rend(),
                                  [](const TokenStanding& t) { return t.holds.has_value(); });
  return found == tokens.rend() ? nullptr : &*found;
}

Result<TimestampStanding> read_timestamps(const Stores& stores, TimestampDepth depth,
                                          const std::optional<std::filesystem::path>& ca) {
  const TimestampFolder folder(stores.paths.timestamps);
  const auto tokens = folder.tokens();
  if (!tokens) return tl::unexpected(tokens.error());
  const auto pending = folder.pending();
  if (!pending) return tl::unexpected(pending.error());
  const auto log = parse_verifier_key(stores.ledger->verifier_key());
  if (!log) return tl::unexpected(log.error());
  std::optional<TimestampAuthorities> authorities;
  const auto& configured = stores.config.ledger.timestamps;
  if (ca || configured) {
    auto read = TimestampAuthorities::from_file(ca ? *ca : configured->ca);
    if (!read && ca) return tl::unexpected(read.error());
    if (read) authorities = std::move(*read);
  }
  TimestampStanding standing;
  standing.judged = authorities.has_value();
  for (auto token = tokens->rbegin(); token != tokens->rend(); ++token) {
    standing.tokens.push_back(judge(*token, *log, authorities ? &*authorities : nullptr));
    if (depth == TimestampDepth::kNewest && standing.tokens.back().holds) break;
  }
  std::ranges::reverse(standing.tokens);
  for (const PendingTimestamp& one : *pending) {  // by size; a person may carry one besides ours
    if (standing.pending.empty() || standing.pending.back() != one.size) {
      standing.pending.push_back(one.size);
    }
  }
  standing.failure = read_timestamp_failure(folder.path());
  return standing;
}

std::vector<std::string> timestamp_lines(const TimestampStanding& standing) {
  std::vector<std::string> lines;
  if (const TokenStanding* newest = standing.newest()) {
    lines.push_back("TIMESTAMPED up to " + grouped(newest->size) + " at " +
                    format_time(newest->holds->timestamp.time) + " by " +
                    printable(newest->holds->authority));
  }
  const auto bad = std::ranges::count_if(
      standing.tokens, [](const TokenStanding& token) { return !token.holds.has_value(); });
  if (bad > 0) {
    lines.push_back(counted(bad, "timestamp") + (standing.judged ? " not holding" : " not judged") +
                    ": see `tidewaiter ledger timestamp`");
  }
  if (standing.failure) {
    lines.push_back("no timestamp since " + format_time(standing.failure->since) + ", " +
                    counted(standing.failure->attempts, "attempt") + ": " +
                    printable(standing.failure->reason));
  }
  return lines;
}

nlohmann::ordered_json token_json(const TokenStanding& token) {
  nlohmann::ordered_json out = {{"size", token.size}, {"file", token.file}, {"holds", false}};
  if (!token.holds) {
    out["problem"] = token.why_not;
    return out;
  }
  out["holds"] = true;
  out["time"] = format_time(token.holds->timestamp.time);
  out["accuracy_us"] = token.holds->timestamp.accuracy.us;
  out["authority"] = token.holds->authority;
  out["expires"] = format_time(token.holds->expires);
  return out;
}

nlohmann::ordered_json timestamped_json(const TimestampStanding& standing) {
  const TokenStanding* newest = standing.newest();
  return newest == nullptr ? nlohmann::ordered_json() : token_json(*newest);
}

nlohmann::ordered_json timestamp_failure_json(const TimestampStanding& standing) {
  if (!standing.failure) return nullptr;
  return {{"since", format_time(standing.failure->since)},
          {"attempts", standing.failure->attempts},
          {"reason", standing.failure->reason}};
}

}  // namespace tidewaiter
