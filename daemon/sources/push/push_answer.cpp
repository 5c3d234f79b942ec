#include "daemon/sources/push/push_answer.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace tidewaiter {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// The member that a reason begins with, in backticks; empty if it names none.
std::string named_member(const std::string& reason) {
  if (reason.empty() || reason.front() != '`') return {};
  const std::size_t end = reason.find('`', 1);
  return end == std::string::npos ? std::string() : reason.substr(1, end - 1);
}

OrderedJson fault_json(const PushFault& fault) {
  OrderedJson out = {{"line", fault.number}, {"detail", fault.reason}};
  if (const std::string member = named_member(fault.reason); !member.empty())
    out["member"] = member;
  return out;
}

OrderedJson faults_json(const std::vector<PushFault>& faults) {
  OrderedJson out = OrderedJson::array();
  for (const PushFault& fault : faults) out.push_back(fault_json(fault));
  return out;
}

/// A reason may have words of the body, and those need not be UTF-8.
std::string text_of(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace

std::string status_phrase(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

HttpAnswer answer_of(const PushProblem& problem) {
  OrderedJson body = {{"title", status_phrase(problem.status)},
                      {"status", problem.status},
                      {"detail", problem.detail}};
  if (!problem.faults.empty()) {
    const PushFault& first = problem.faults.front();
    body["line"] = first.number;
    if (const std::string member = named_member(first.reason); !member.empty()) {
      body["member"] = member;
    }
    body["bad"] = faults_json(problem.faults);
  }
  HttpAnswer answer{problem.status, "application/problem+json", text_of(body)};
  if (problem.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (problem.retry_after) {
    const std::int64_t seconds = std::max<std::int64_t>(problem.retry_after->us / kSecond.us, 1);
    answer.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
  return answer;
}

HttpAnswer answer_of(const PushReceipt& receipt, std::int64_t quarantined,
                     const std::vector<PushFault>& bad, std::int64_t passed) {
  OrderedJson body = {{"taken", receipt.taken}, {"revised", receipt.revised},
                      {"known", receipt.known}, {"expired", receipt.expired},
                      {"passed", passed},       {"quarantined", quarantined}};
  if (!bad.empty()) body["bad"] = faults_json(bad);
  return {200, "application/json", text_of(body)};
}

}  // namespace tidewaiter
