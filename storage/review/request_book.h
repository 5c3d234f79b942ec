#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/ledger/act.h"
#include "storage/review/report_book.h"

namespace tidewaiter {

/// Where a request stands. It follows from acts about it and about reports.
enum class RequestState : std::uint8_t {
  kOpen,
  kAnswered,   ///< by a report that went out, and was not withdrawn
  kRefused,    ///< a person has said why nothing is given
  kTakenBack,  ///< by whoever asked
};

[[nodiscard]] std::string_view request_state_name(RequestState state);  // "open", "taken-back", …

/// What an authority, or somebody else outside, asks for or orders.
struct AuthorityRequest {
  std::string id;  ///< "q-" and twelve hexadecimal digits
  RecordedAct entered;
  std::optional<RecordedAct> closed;  ///< by a person, and for good
  /// Reports that were drawn for it, went out and were not withdrawn, and the one that it was
  /// closed with, whatever has become of that.
  std::vector<std::string> answers;
  RequestState state = RequestState::kOpen;

  [[nodiscard]] const RequestReceived& received() const {
    return std::get<RequestReceived>(entered.act.act.body);
  }
  /// Open, and its last day is over.
  [[nodiscard]] bool is_overdue(UtcTime now) const;
};

/// All requests of a ledger, in the order in which they were entered. One is answered by each
/// report that names it and goes out, until that is withdrawn; or a person closes it. A plain
/// value.
class RequestBook {
 public:
  /// Takes what is about requests of `acts`, and leaves the rest. Errors: kCorruption for an act
  /// about a request that is not there, or two of one id.
  [[nodiscard]] static Result<RequestBook> make(std::span<const RecordedAct> acts,
                                                const ReportBook& reports);

  [[nodiscard]] const std::vector<AuthorityRequest>& requests() const { return requests_; }
  /// Null if there is none of exactly this id.
  [[nodiscard]] const AuthorityRequest* find(std::string_view id) const;
  /// The one request whose id begins with `prefix`, "q-" before its digits or not. Errors:
  /// kNotFound if there is none, or more than one.
  [[nodiscard]] Result<const AuthorityRequest*> lookup(std::string_view prefix) const;

 private:
  [[nodiscard]] Result<void> take(const RecordedAct& act);
  void settle(const ReportBook& reports);

  std::vector<AuthorityRequest> requests_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

/// Says whether `id` has the form of a request's.
[[nodiscard]] bool is_request_id(std::string_view id);

}  // namespace tidewaiter
