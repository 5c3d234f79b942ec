#include "daemon/sources/push/push_service.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

#include "daemon/sources/push/cloud_event.h"
#include "daemon/sources/push/gzip_body.h"
#include "policies/model/ascii.h"
#include "policies/model/digest.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kPushPath = "/push/";
constexpr Duration kComeAgain{2 * kSecond.us};
constexpr std::size_t kPushThreads = 16;

/// Takes as long whatever the texts are, and however much of them is the same.
bool same_digest(const Digest& a, const Digest& b) {
  std::byte difference{0};
  for (std::size_t i = 0; i < a.bytes.size(); ++i) difference |= a.bytes[i] ^ b.bytes[i];
  return difference == std::byte{0};
}

/// What a token opens.
struct PushRight {
  bool known = false;       ///< the token is one of those that are configured
  bool opens = false;       ///< and opens this source
  bool unreadable = false;  ///< one of those that might be it cannot be read
};

std::optional<std::string> bearer_of(const ServedRequest& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string header = request.header("authorization");
  if (header.size() <= kScheme.size() || ascii_lower(header.substr(0, kScheme.size())) != kScheme) {
    return std::nullopt;
  }
  const std::size_t begin = header.find_first_not_of(' ', kScheme.size() - 1);
  return begin == std::string::npos ? std::nullopt : std::optional(header.substr(begin));
}

/// Reads each token anew, so that rotation needs no restart, and compares with each, so that time
/// does not tell which of them it was.
PushRight right_of(const PushListener& listener, const Variables& variables,
                   const std::string& brought, const std::string& source) {
  PushRight right;
  const Digest hash = sha256(brought);
  for (const PushToken& one : listener.tokens) {
    const Result<Secret> token = read_secret(one.token, variables);
    if (!token) {
      right.unreadable = true;
      continue;
    }
    const bool same = same_digest(sha256(token->expose()), hash);
    right.known = right.known || same;
    right.opens = right.opens || (same && (one.source.empty() || one.source == source));
  }
  return right;
}

/// How the body of a request holds what is handed in; nothing: as none that is read.
std::optional<PushForm> form_of(const ServedRequest& request, const SourceConfig& source) {
  const std::string type = media_type(request.header("content-type"));
  if (type == "application/cloudevents+json") return PushForm::kSingleEvent;
  if (type == "application/cloudevents-batch+json") return PushForm::kEventArray;
  if (!request.header("ce-specversion").empty()) {
    return is_json_type(type) ? std::optional(PushForm::kHeaderEvent) : std::nullopt;
  }
  const bool lines = type == "application/x-ndjson" || type == "application/jsonl" ||
                     type == "application/x-jsonlines";
  return lines && !source.mapping ? std::optional(PushForm::kNativeLines) : std::nullopt;
}

constexpr const char* kFormsTaken =
    "expected `Content-Type: application/x-ndjson` (native JSON Lines, unless the source has a "
    "mapping), `application/cloudevents+json`, `application/cloudevents-batch+json`, or the "
    "headers of a CloudEvent with a body of `application/json`";

PushProblem come_again(std::string detail) { return {503, std::move(detail), {}, kComeAgain}; }

bool is_identity(const std::string& encoding) { return encoding.empty() || encoding == "identity"; }

}  // namespace

PushDesk::PushDesk(PushListener listener, std::vector<SourceConfig> sources, PushServices services)
    : services_(std::move(services)), inbox_(listener.inbox_bytes, services_.wake) {
  set(std::move(listener), std::move(sources));
}

void PushDesk::set(PushListener listener, std::vector<SourceConfig> sources) {
  std::erase_if(sources, [](const SourceConfig& source) { return !source.push; });
  std::set<std::string> names;
  for (const SourceConfig& source : sources) names.insert(source.name);
  auto rules = std::make_shared<const Rules>(Rules{std::move(listener), std::move(sources)});
  {
    const std::scoped_lock lock(mutex_);
    rules_ = std::move(rules);
  }
  inbox_.keep_sources(names);
}

/// Whoever comes again brings what is older by then: no coverage is stated before.
HttpAnswer PushDesk::send_away(PushProblem problem) {
  inbox_.note_refusal(services_.now());
  return answer_of(problem);
}

HttpAnswer PushDesk::answer(const ServedRequest& request, const ReadServedBody& read) {
  std::shared_ptr<const Rules> rules;
  {
    const std::scoped_lock lock(mutex_);
    rules = rules_;
  }
  const std::string name = request.path.substr(std::min(kPushPath.size(), request.path.size()));
  const std::optional<std::string> brought = bearer_of(request);
  if (!brought) {
    return answer_of(PushProblem{401, "expected `Authorization: Bearer …` with a token"});
  }
  const PushRight right = right_of(rules->listener, services_.variables, *brought, name);
  if (!right.known && right.unreadable) {
    return send_away(
        come_again("a token of the configuration cannot be read: `tidewaiter source "
                   "check` says which"));
  }
  if (!right.known) return answer_of(PushProblem{401, "the token is none of those configured"});
  if (!right.opens) return answer_of(PushProblem{403, "the token is for another source"});
  const auto source = std::ranges::find(rules->sources, name, &SourceConfig::name);
  if (source == rules->sources.end()) {
    return answer_of(PushProblem{404, "no source of kind `push` has this name"});
  }
  return take(*rules, *source, request, read);
}

/// What the head says is judged before the body is read, and room is made for that.
HttpAnswer PushDesk::take(const Rules& rules, const SourceConfig& source,
                          const ServedRequest& request, const ReadServedBody& read) {
  const std::optional<PushForm> form = form_of(request, source);
  if (!form) return answer_of(PushProblem{415, kFormsTaken});
  const std::string encoding = ascii_lower(request.header("content-encoding"));
  if (!is_identity(encoding) && encoding != "gzip") {
    return answer_of(PushProblem{415, "expected `Content-Encoding: gzip`, or none"});
  }
  const auto most = static_cast<std::size_t>(rules.listener.body_bytes);
  const PushProblem too_long{
      413, "the body is longer than " + std::to_string(most) + " bytes: send it in parts"};
  if (request.length.value_or(0) > most) return answer_of(too_long);
  const bool length_known = is_identity(encoding) && request.length;
  std::optional<PushInbox::Room> room = inbox_.make_room(
      source.name, static_cast<std::int64_t>(length_known ? *request.length : most),
      services_.now());
  if (!room) {
    return answer_of(come_again("the inbox is full: what came before is being stored"));
  }
  tl::expected<std::string, int> bytes = read(most);
  if (!bytes && bytes.error() == too_long.status) return answer_of(too_long);
  if (!bytes)
    return send_away(PushProblem{bytes.error(), "the body came too slowly, or broke off"});
  if (!is_identity(encoding)) {
    Result<std::string> plain = gunzip(*bytes, most);
    if (!plain && plain.error().code == ErrorCode::kRefused) return answer_of(too_long);
    if (!plain) return answer_of(PushProblem{400, plain.error().message});
    bytes = *std::move(plain);
  }
  room->shrink_to(static_cast<std::int64_t>(bytes->size()));
  return deliver(rules, source, {*form, *bytes, &request.headers});
}

HttpAnswer PushDesk::deliver(const Rules& rules, const SourceConfig& source,
                             const PushedBody& body) {
  const UtcTime now = services_.now();
  tl::expected<PushBatch, PushRefusal> batch = read_push_batch(source, body, now);
  if (!batch) {
    const PushRefusal& refusal = batch.error();
    return answer_of(PushProblem{refusal.whole ? 400 : 422, refusal.reason, refusal.faults});
  }
  const auto quarantined = static_cast<std::int64_t>(batch->quarantine.size());
  const std::vector<PushFault> bad = batch->faults;
  const std::int64_t passed = batch->passed;
  if (batch->empty()) return answer_of(PushReceipt{}, 0, bad, passed);
  const Result<PushReceipt> receipt =
      inbox_.deliver(source.name, *std::move(batch),
                     std::chrono::microseconds(rules.listener.patience.us), services_.now);
  if (receipt) return answer_of(*receipt, quarantined, bad, passed);
  if (receipt.error().code == ErrorCode::kRefused) {
    return answer_of(PushProblem{409, receipt.error().message});
  }
  return answer_of(come_again(receipt.error().message + ": send it again"));
}

PushService::PushService(PushListener listener, std::vector<SourceConfig> sources,
                         PushServices services)
    : desk_(std::move(listener), std::move(sources), std::move(services)) {}

Result<std::unique_ptr<PushService>> PushService::start(PushListener listener,
                                                        std::vector<SourceConfig> sources,
                                                        PushServices services) {
  const Result<ListenAddress> address = parse_listen_address(listener.listen);
  if (!address) return tl::unexpected(address.error());
  HttpRoutes routes;
  routes.intake_path = kPushPath;
  routes.longest_intake = static_cast<std::size_t>(listener.body_bytes);
  HttpServiceLimits limits;
  limits.request = listener.patience;
  limits.threads = kPushThreads;
  std::unique_ptr<PushService> service(
      new PushService(std::move(listener), std::move(sources), std::move(services)));
  routes.intake = [desk = &service->desk_](const ServedRequest& request,
                                           const ReadServedBody& read) {
    return desk->answer(request, read);
  };
  Result<std::unique_ptr<HttpService>> http =
      HttpService::listen(*address, std::move(routes), limits);
  if (!http) return tl::unexpected(http.error());
  service->http_ = *std::move(http);
  service->url_ = url_of(*address, service->http_->port(), std::string(kPushPath));
  service->thread_ = std::jthread(
      [listening = service->http_.get(), inbox = &service->inbox()](const std::stop_token& stop) {
        if (auto ended = listening->run(stop); !ended) {
          inbox->fail_listening(
              {ErrorCode::kRefused, "nobody listens any more for what is handed in (" +
                                        ended.error().message + "): restart the daemon"});
        }
      });
  return service;
}

PushService::~PushService() { desk_.inbox().close(); }

}  // namespace tidewaiter
