#include "daemon/cli/request_text.h"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/app/exhibits.h"
#include "daemon/cli/exhibit_files.h"
#include "policies/model/day_text.h"
#include "storage/files/file_stream.h"
#include "storage/review/clock_rules.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kUncountedRule = "days:1";  // counts as days, where a day is stated

/// "due 2026-10-15, 3 days left".
std::string due_text(const RequestReceived& received, UtcTime now) {
  std::string text = "due " + day_text(*received.due);
  const Result<ClockRule> rule =
      clock_rule(received.rule == kStatedRule ? kUncountedRule : std::string_view(received.rule));
  if (!rule) return text;
  const std::int64_t left = days_left(*rule, *received.due, now);
  const std::string unit = rule->business ? "business day" : "day";
  if (left < 0) return text + ", " + counted(-left, unit) + " late";
  return text + ", " + (left == 0 ? "today" : counted(left, unit) + " left");
}

nlohmann::ordered_json word_or_null(const Confidential* words, const char* name) {
  if (words == nullptr || !words->contains(name)) return nullptr;
  return words->at(name);
}

}  // namespace

std::optional<FoundRequest> find_request(Invocation& run, const std::string& prefix, int& status) {
  std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return std::nullopt;
  const auto read = [&]() -> Result<FoundRequest> {
    const auto acts = recorded_acts(*stores->ledger);
    if (!acts) return tl::unexpected(acts.error());
    Result<ReportBook> reports = ReportBook::make(*acts);
    if (!reports) return tl::unexpected(reports.error());
    const Result<RequestBook> book = RequestBook::make(*acts, *reports);
    if (!book) return tl::unexpected(book.error());
    const auto found = book->lookup(prefix);
    if (!found) return tl::unexpected(found.error());
    auto words = confidential_of(stores->paths.folder, (*found)->entered.act.act);
    if (!words) return tl::unexpected(words.error());
    return FoundRequest{nullptr, **found, std::move(*reports), std::move(*words)};
  };
  Result<FoundRequest> found = read();
  if (!found) {
    status = fail_with(run, found.error());
    return std::nullopt;
  }
  found->stores = std::move(stores);
  return std::move(*found);
}

std::string request_standing_text(const AuthorityRequest& request, UtcTime now) {
  std::string text(request_state_name(request.state));
  if (request.state == RequestState::kOpen && request.received().due) {
    return text + ", " + due_text(request.received(), now);
  }
  for (std::size_t i = 0; i < request.answers.size(); ++i) {
    text += (i == 0 ? " by " : ", ") + request.answers[i];
  }
  return text;
}

nlohmann::ordered_json request_json(const AuthorityRequest& request, const Confidential* words,
                                    UtcTime now) {
  const RequestReceived& received = request.received();
  nlohmann::ordered_json json = {{"id", request.id},
                                 {"state", request_state_name(request.state)},
                                 {"received", day_text(received.received)},
                                 {"rule", nullptr},
                                 {"due", nullptr},
                                 {"overdue", request.is_overdue(now)},
                                 {"case", nullptr},
                                 {"entry", request.entered.index},
                                 {"by", request.entered.act.act.by},
                                 {"answers", request.answers},
                                 {"closed", nullptr}};
  if (received.due) {
    json["rule"] = received.rule;
    json["due"] = day_text(*received.due);
  }
  if (!received.about.empty()) json["case"] = received.about;
  if (request.closed) {
    const auto& closed = std::get<RequestClosed>(request.closed->act.act.body);
    json["closed"] = {{"entry", request.closed->index},
                      {"by", request.closed->act.act.by},
                      {"end", request_end_name(closed.end)}};
  }
  for (const char* const name : {"from", "reference", "authority", "legal_basis", "asks"}) {
    json[name] = word_or_null(words, name);
  }
  const auto document = words == nullptr ? std::nullopt : document_of(*words);
  json["document"] = document ? document_json(*document) : nlohmann::ordered_json();
  return json;
}

Result<RequestDocument> request_document(const Invocation& run, const Stores& stores,
                                         const std::string& file) {
  const std::filesystem::path path = run.environment.working_folder / file;
  Result<StreamedFile> given = open_exhibit(stores, run.environment.variables, path);
  if (!given) return tl::unexpected(given.error());
  const Result<FileMeasure> content = measure(*given, kMostExhibitBytes);
  if (!content) return tl::unexpected(content.error());
  return RequestDocument{path.filename().string(), content->bytes, content->sha256};
}

Result<std::optional<RequestDocument>> document_of_request(const Stores& stores,
                                                           const std::string& id) {
  const auto acts = recorded_acts(*stores.ledger);
  if (!acts) return tl::unexpected(acts.error());
  const auto entered = std::ranges::find_if(*acts, [&id](const RecordedAct& act) {
    return act.act.act.case_id == id && std::holds_alternative<RequestReceived>(act.act.act.body);
  });
  if (entered == acts->end()) {
    return fail(ErrorCode::kNotFound, "there is no request `" + id + "`");
  }
  const auto words = confidential_of(stores.paths.folder, entered->act.act);
  if (!words) return tl::unexpected(words.error());
  return *words ? document_of(**words) : std::nullopt;
}

nlohmann::ordered_json document_json(const RequestDocument& document) {
  return {{"name", document.name}, {"bytes", document.bytes}, {"sha256", to_hex(document.sha256)}};
}

void print_request_tally(Invocation& run, const RequestBook& requests) {
  std::int64_t open = 0;
  for (const AuthorityRequest& one : requests.requests()) {
    if (one.state == RequestState::kOpen) ++open;
  }
  if (open == 0) return;
  run.out << "requests  " << grouped(open) << " open\n";
  for (const AuthorityRequest& one : requests.requests()) {
    if (!one.is_overdue(run.now())) continue;
    run.out << "          "
            << painted(one.id + ": " + due_text(one.received(), run.now()), Tone::kBad,
                       run.terminal)
            << "; `tidewaiter request show " << one.id << "`\n";
  }
}

nlohmann::ordered_json request_tally_json(const RequestBook& requests, UtcTime now) {
  std::int64_t open = 0;
  auto overdue = nlohmann::ordered_json::array();
  for (const AuthorityRequest& one : requests.requests()) {
    if (one.state == RequestState::kOpen) ++open;
    if (one.is_overdue(now)) overdue.push_back(one.id);
  }
  return {{"open", open}, {"overdue", std::move(overdue)}};
}

}  // namespace tidewaiter
