#include "storage/review/request_book.h"

#include <array>
#include <utility>

#include "storage/ledger/short_id.h"
#include "storage/review/id_lookup.h"

namespace tidewaiter {
namespace {

constexpr std::array<std::string_view, 4> kRequestStates{"open", "answered", "refused",
                                                         "taken-back"};

tl::unexpected<Error> unplaced(const RecordedAct& act, const char* what) {
  return fail(ErrorCode::kCorruption, "entry " + std::to_string(act.index) +
                                          " of the ledger is about a request `" +
                                          act.act.act.case_id + "` that " + what);
}

RequestState state_of_end(RequestEnd end) {
  switch (end) {
    case RequestEnd::kAnswered:
      return RequestState::kAnswered;
    case RequestEnd::kRefused:
      return RequestState::kRefused;
    case RequestEnd::kTakenBack:
      break;
  }
  return RequestState::kTakenBack;
}

/// Whether it stands, and so does what it stands beside: a supplement alone says too little.
bool holds_by_itself(const ReportFile& report, const ReportBook& reports) {
  const ReportFile* one = &report;
  while (one != nullptr && one->state == ReportState::kIssued) {
    const std::optional<ReportFollows>& follows = one->drafted().follows;
    if (!follows || follows->as != FollowingAs::kSupplements) return true;
    one = reports.find(follows->report);
  }
  return false;
}

}  // namespace

std::string_view request_state_name(RequestState state) {
  return kRequestStates[static_cast<std::size_t>(state)];
}

bool is_request_id(std::string_view id) { return is_short_id(id, "q-"); }

bool AuthorityRequest::is_overdue(UtcTime now) const {
  const std::optional<UtcTime>& due = received().due;
  return state == RequestState::kOpen && due && !(now < *due + kDay);
}

Result<RequestBook> RequestBook::make(std::span<const RecordedAct> acts,
                                      const ReportBook& reports) {
  RequestBook book;
  for (const RecordedAct& act : acts) {
    if (!is_about_request(act.act.act)) continue;
    if (auto taken = book.take(act); !taken) return tl::unexpected(taken.error());
  }
  book.settle(reports);
  return book;
}

Result<void> RequestBook::take(const RecordedAct& act) {
  const std::string& id = act.act.act.case_id;
  const auto place = places_.find(id);
  if (std::holds_alternative<RequestReceived>(act.act.act.body)) {
    if (place != places_.end()) return unplaced(act, "is there already");
    places_.emplace(id, requests_.size());
    AuthorityRequest request;
    request.id = id;
    request.entered = act;
    requests_.push_back(std::move(request));
    return {};
  }
  if (place == places_.end()) return unplaced(act, "is not there");
  AuthorityRequest& request = requests_[place->second];
  if (request.closed) return unplaced(act, "is closed already");
  request.closed = act;
  return {};
}

void RequestBook::settle(const ReportBook& reports) {
  for (const ReportFile& report : reports.reports()) {
    const auto place = places_.find(report.drafted().request);
    if (place == places_.end() || !holds_by_itself(report, reports)) continue;
    requests_[place->second].answers.push_back(report.id);
  }
  for (AuthorityRequest& request : requests_) {
    if (!request.answers.empty()) request.state = RequestState::kAnswered;
    if (!request.closed) continue;
    const auto& closed = std::get<RequestClosed>(request.closed->act.act.body);
    request.state = state_of_end(closed.end);
    if (!closed.report.empty()) request.answers.push_back(closed.report);
  }
}

const AuthorityRequest* RequestBook::find(std::string_view id) const {
  const auto place = places_.find(id);
  return place == places_.end() ? nullptr : &requests_[place->second];
}

Result<const AuthorityRequest*> RequestBook::lookup(std::string_view prefix) const {
  return find_by_short_id(requests_, prefix, "request", "requests", "request list");
}

}  // namespace tidewaiter
