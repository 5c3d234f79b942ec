#include "daemon/sources/contract/fetcher.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "policies/model/base64.h"

namespace tidewaiter {
namespace {

/// Leaves no copy of the key that is not wiped.
Secret basic_credential(const Secret& key) {
  const Secret encoded(to_base64(key.expose(), Base64::kStandard));
  constexpr std::string_view kScheme = "Basic ";
  std::string text;
  text.reserve(kScheme.size() + encoded.expose().size());
  text += kScheme;
  text += encoded.expose();
  return Secret(std::move(text));
}

}  // namespace

Fetcher::Fetcher(FetcherOptions options)
    : options_(std::move(options)),
      random_(options_.seed != 0 ? options_.seed : std::random_device{}()),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

Fetcher::~Fetcher() {
  thread_.request_stop();
  thread_.join();
}

void Fetcher::start(HttpRequest request, Credential credential, FetchSubject subject) {
  const std::scoped_lock lock(mutex_);
  task_ = Task{std::move(request), std::move(credential), std::move(subject)};
  under_way_ = true;
  changed_.notify_all();
}

bool Fetcher::is_busy() const {
  const std::scoped_lock lock(mutex_);
  return under_way_ || outcome_.has_value();
}

bool Fetcher::is_ready() const {
  const std::scoped_lock lock(mutex_);
  return outcome_.has_value();
}

std::optional<FetchOutcome> Fetcher::take() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(outcome_, std::nullopt);
}

bool Fetcher::wait(Duration longest) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::microseconds(longest.us),
                           [this] { return outcome_.has_value(); });
}

void Fetcher::work(const std::stop_token& stop) {
  while (std::optional<Task> task = next_task(stop)) {
    FetchOutcome outcome = fetch(*task, stop);
    if (stop.stop_requested()) return;
    {
      const std::scoped_lock lock(mutex_);
      outcome_ = std::move(outcome);
      under_way_ = false;
      changed_.notify_all();
    }
    if (options_.wake) options_.wake();
  }
}

/// Nothing: a stop is requested. While nothing comes the client is told to rest, once.
std::optional<Fetcher::Task> Fetcher::next_task(const std::stop_token& stop) {
  const auto is_there = [this] { return task_.has_value(); };
  std::unique_lock lock(mutex_);
  const auto rest = std::chrono::microseconds(options_.rest.us);
  if (!changed_.wait_for(lock, stop, rest, is_there)) {
    if (stop.stop_requested()) return std::nullopt;
    lock.unlock();
    options_.http->rest();
    lock.lock();
    if (!changed_.wait(lock, stop, is_there)) return std::nullopt;
  }
  return std::exchange(task_, std::nullopt);
}

FetchOutcome Fetcher::fetch(const Task& task, const std::stop_token& stop) {
  std::uniform_real_distribution<double> share(0.0, 1.0);
  for (int tries = 1;; ++tries) {
    await_turn(stop);
    if (stop.stop_requested()) {  // before any secret is read
      return {
          fail(ErrorCode::kUnavailable, "broken off before it was sent"), tries - 1, false, {}, {}};
    }
    FetchOutcome outcome{try_told(task, tries, stop), tries, false, {}, {}};
    if (outcome.response && outcome.response->date) {
      outcome.skew = *outcome.response->date - options_.now();
    }
    const NextStep step = next_step(options_.rule, tries, outcome.response, share(random_));
    if (tries == 1 && step.kind == NextStep::Kind::kAgain) hold_others(outcome.response);
    outcome.ended = step.kind == NextStep::Kind::kEnd;
    if (outcome.ended) outcome.come_again = step.wait;
    if (step.kind != NextStep::Kind::kAgain) return outcome;
    pause(step.wait, stop);
    if (stop.stop_requested()) return outcome;
  }
}

/// Where another source was asked to wait meanwhile, this one's turn is after that.
void Fetcher::await_turn(const std::stop_token& stop) {
  if (!options_.budget) return;
  do {
    const Duration wait = options_.budget->take();
    if (wait.us > 0) pause(wait, stop);
  } while (!stop.stop_requested() && options_.budget->is_held());
}

/// A server that asks whoever brings this key to wait asks all who bring it. It is believed once a
/// request, and not where no wait of ours mends it: what it refuses again and again is this
/// request, and the others would never come to their turn.
void Fetcher::hold_others(const Result<HttpResponse>& response) {
  constexpr std::int64_t kTooMany = 429;
  if (!options_.budget || !response || response->status != kTooMany) return;
  if (response->retry_after) options_.budget->hold(*response->retry_after);
}

Result<HttpResponse> Fetcher::try_told(const Task& task, int attempt, const std::stop_token& stop) {
  if (!options_.sent) return try_once(task, stop);
  const auto begun = std::chrono::steady_clock::now();
  Result<HttpResponse> response = try_once(task, stop);
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - begun);
  const FetchSubject& subject = task.subject;
  RequestTrace trace = trace_of(task.request, response, {elapsed.count()});
  if (!subject.path_told) trace.path.clear();
  options_.sent({options_.source, subject.endpoint, subject.window, subject.page, subject.continued,
                 attempt, std::move(trace)});
  return response;
}

/// The secrets live as long as the try.
Result<HttpResponse> Fetcher::try_once(const Task& task, const std::stop_token& stop) {
  const SecretRef& login_ref = task.credential.proxy_login;
  if (login_ref.name.empty()) return try_as(task, task.request, stop);
  const Result<Secret> login = read_now(login_ref);
  if (!login) return tl::unexpected(login.error());
  if (login->expose().find(':') == std::string_view::npos) {
    return fail(ErrorCode::kRefused, "`proxy_login` is no line of a user, a colon and a password");
  }
  HttpRequest request = task.request;
  request.proxy_login = &*login;
  return try_as(task, std::move(request), stop);
}

/// A secret that is not there is not mended by trying again.
Result<Secret> Fetcher::read_now(const SecretRef& ref) const {
  Result<Secret> secret = read_secret(ref, options_.variables);
  if (secret) return secret;
  Error error = secret.error();
  if (error.code == ErrorCode::kUnavailable) error.code = ErrorCode::kRefused;
  if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kRefused;
  return tl::unexpected(std::move(error));
}

Result<HttpResponse> Fetcher::try_as(const Task& task, HttpRequest request,
                                     const std::stop_token& stop) {
  if (task.credential.key.name.empty()) return options_.http->send(request, stop);
  const Result<Secret> key = read_now(task.credential.key);
  if (!key) return tl::unexpected(key.error());
  std::optional<Secret> basic;  // lives as long as the request
  if (task.credential.header.empty()) {
    request.bearer = &*key;
  } else if (task.credential.header == kBasicCredential) {
    basic = basic_credential(*key);
    request.secret_headers.emplace_back("Authorization", &*basic);
  } else {
    request.secret_headers.emplace_back(task.credential.header, &*key);
  }
  return options_.http->send(request, stop);
}

void Fetcher::pause(Duration length, const std::stop_token& stop) {
  if (options_.pause) {
    options_.pause(length, stop);
    return;
  }
  std::mutex alone;
  std::unique_lock lock(alone);
  std::condition_variable_any never;
  never.wait_for(lock, stop, std::chrono::microseconds(length.us), [] { return false; });
}

}  // namespace tidewaiter
