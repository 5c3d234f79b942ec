#include "daemon/app/source_log.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "policies/model/time.h"

namespace tidewaiter {
namespace {

std::string_view method_word(HttpMethod method) {
  return method == HttpMethod::kGet ? "GET" : "POST";
}

std::int64_t whole_ms(Duration length) { return length.us / 1000; }

std::int64_t count_of(std::size_t size) { return static_cast<std::int64_t>(size); }

class LoggedConnector final : public Connector {
 public:
  LoggedConnector(std::unique_ptr<Connector> connector, const SourceConfig& config, EventLog& log)
      : connector_(std::move(connector)), source_(config.name), kind_(config.kind), log_(log) {}

  Result<std::optional<Page>> next(const std::string& cursor, UtcTime now,
                                   const PullWatch& watch) override {
    if (!log_.writes(LogLevel::kTrace)) return connector_->next(cursor, now, watch);
    const auto begun = std::chrono::steady_clock::now();
    Result<std::optional<Page>> page = connector_->next(cursor, now, watch);
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun);
    if (page && *page) tell(**page, cursor, elapsed.count());
    return page;
  }

  void committed(const PageReceipt& receipt) override { connector_->committed(receipt); }
  bool has_news() const override { return connector_->has_news(); }
  [[nodiscard]] std::optional<UtcTime> behind_since(const std::string& cursor,
                                                    UtcTime now) const override {
    return connector_->behind_since(cursor, now);
  }
  PullProgress progress() const override { return connector_->progress(); }
  Result<std::vector<std::string>> check(const std::string& cursor, UtcTime now) override {
    return connector_->check(cursor, now);
  }
  std::vector<SourceExamination> examine(const std::string& cursor, UtcTime now) override {
    return connector_->examine(cursor, now);
  }

 private:
  /// Of a cursor its length alone: it may hold tokens and ids.
  void tell(const Page& page, const std::string& cursor, std::int64_t elapsed_ms) {
    log_.trace("source_page",
               {{"source", source_},
                {"kind", kind_},
                {"records", count_of(page.records.size())},
                {"quarantined", count_of(page.quarantine.size())},
                {"cursor", cursor.empty() ? "first" : "continued"},
                {"cursor_bytes", count_of(page.cursor.size())},
                {"backfill", page.backfill},
                {"drained_to", page.drained ? format_time(page.drained->to) : std::string("-")},
                {"elapsed_ms", elapsed_ms}});
  }

  std::unique_ptr<Connector> connector_;
  std::string source_;
  std::string kind_;
  EventLog& log_;
};

}  // namespace

RequestSink request_log(EventLog& log) {
  return [&log](const RequestTrace& request) {
    if (!log.writes(LogLevel::kTrace)) return;
    log.trace("request", {{"method", method_word(request.method)},
                          {"host", request.host},
                          {"status", request.status},
                          {"bytes", request.bytes},
                          {"elapsed_ms", whole_ms(request.elapsed)},
                          {"failure", request.failure}});
  };
}

SourceRequestSink source_request_log(EventLog& log) {
  return [&log](const SourceRequest& sent) {
    if (!log.writes(LogLevel::kTrace)) return;
    const RequestTrace& request = sent.request;
    log.trace("source_request", {{"source", sent.source},
                                 {"endpoint", sent.endpoint},
                                 {"method", method_word(request.method)},
                                 {"host", request.host},
                                 {"path", request.path},
                                 {"from", format_time(sent.window.from)},
                                 {"to", format_time(sent.window.to)},
                                 {"page", sent.page},
                                 {"asked_by", sent.continued ? "token" : "window"},
                                 {"attempt", std::int64_t{sent.attempt}},
                                 {"status", request.status},
                                 {"bytes", request.bytes},
                                 {"elapsed_ms", whole_ms(request.elapsed)},
                                 {"failure", request.failure}});
  };
}

SourceCutSink source_cut_log(EventLog& log) {
  return [&log](const SourceCut& cut) {
    log.warn("source_cut_short", {{"source", cut.source},
                                  {"endpoint", cut.endpoint},
                                  {"from", format_time(cut.window.from)},
                                  {"to", format_time(cut.window.to)},
                                  {"pages", cut.pages}});
  };
}

std::unique_ptr<Connector> logged_connector(std::unique_ptr<Connector> connector,
                                            const SourceConfig& config, EventLog& log) {
  return std::make_unique<LoggedConnector>(std::move(connector), config, log);
}

}  // namespace tidewaiter
