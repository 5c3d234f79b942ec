#include "daemon/sources/postgres/postgres_client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <libpq-fe.h>
#include <nlohmann/json.hpp>
#include <poll.h>

#include "daemon/outbound/host_addresses.h"
#include "daemon/sources/postgres/database_error.h"
#include "daemon/sources/postgres/database_host.h"
#include "daemon/sources/postgres/table_layout.h"
#include "daemon/sources/postgres/table_question.h"
#include "storage/postgres/database_url.h"
#include "storage/postgres/sql_state.h"

namespace tidewaiter {
namespace {

using Clock = std::chrono::steady_clock;

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Connection = std::unique_ptr<PGconn, CloseConnection>;

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearResult>;

/// How long a look at a socket takes, before it is seen whether to stop.
constexpr int kSliceMs = 100;
constexpr Duration kConnectWithin{10 * kSecond.us};
/// What the database has beyond its own time-out, until it is given up.
constexpr auto kGrace = std::chrono::seconds(10);

// Of PostgreSQL's catalogue of types (pg_type.dat).
constexpr std::array<Oid, 3> kWholeNumbers = {20, 21, 23};
constexpr Oid kTruth = 16;

/// Has the database look each second whether we are still there, and leave off if not: so closing a
/// connection is what cancels its statement. (libpq's PQcancel connects anew and waits for its end,
/// without a bound.) From PostgreSQL 14 on. On systems where it cannot look it refuses to (22023),
/// which is no matter: there, and before, the time-out ends the statement.
constexpr const char* kLookForUs =
    "SELECT pg_catalog.set_config('client_connection_check_interval', '1000', true) "
    "WHERE pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL";

constexpr const char* kColumnsText =
    "SELECT attname::text, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint "
    "FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass($1) AND attnum > 0 "
    "AND NOT attisdropped AND pg_catalog.has_column_privilege(attrelid, attnum, 'SELECT')";

Error connect_error(PGconn* connection, const std::string& role) {
  std::string message = PQerrorMessage(connection);
  if (const std::string state = sql_state_in(message); !state.empty()) {
    return database_error(state, role);
  }
  // Nobody said no, so that libpq's own words are all there is; they hold no secret.
  message.resize(std::min(message.find('\n'), message.size()));
  return {ErrorCode::kUnavailable, "no connection to the database: " + message};
}

/// Statements of one connection, which is waited for in slices.
class Session {
 public:
  Session(PGconn* connection, std::string role, Clock::time_point deadline,
          const std::stop_token& stop)
      : connection_(connection), role_(std::move(role)), deadline_(deadline), stop_(stop) {}

  /// Statements without parameters, the results of which do not matter.
  Result<void> run(const std::string& text) {
    if (PQsendQuery(connection_, text.c_str()) != 1) return tl::unexpected(lost());
    auto answer = take_answer();
    if (!answer) return tl::unexpected(answer.error());
    return {};
  }

  /// Statements that the database may refuse: whether it took them. After a refusal the transaction
  /// goes on from a savepoint, or not at all.
  Result<bool> try_run(const std::string& text) {
    if (PQsendQuery(connection_, text.c_str()) != 1) return tl::unexpected(lost());
    if (auto sent = flush(); !sent) return tl::unexpected(sent.error());
    bool is_taken = true;
    while (true) {
      const Result<Answer> next = next_result();
      if (!next) return tl::unexpected(next.error());
      if (!*next) return is_taken;
      const std::optional<Error> error = error_of(next->get());
      if (error && error->code == ErrorCode::kUnavailable) return tl::unexpected(*error);
      if (error) is_taken = false;
    }
  }

  /// Errors leave the connection in the midst of something: it is of no use any more.
  Result<Answer> ask(const std::string& text, const std::vector<std::string>& parameters) {
    std::vector<const char*> values;
    values.reserve(parameters.size());
    for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
    if (PQsendQueryParams(connection_, text.c_str(), static_cast<int>(values.size()), nullptr,
                          values.data(), nullptr, nullptr, 0) != 1) {
      return tl::unexpected(lost());
    }
    return take_answer();
  }

  /// Waits until something came, or may go out.
  Result<void> wait(short events) const {
    while (true) {
      if (stop_.stop_requested()) {
        return fail(ErrorCode::kUnavailable, "the request was broken off on request");
      }
      if (Clock::now() > deadline_) {
        return fail(ErrorCode::kUnavailable, "the database did not answer in time");
      }
      pollfd socket{PQsocket(connection_), events, 0};
      if (socket.fd < 0) return tl::unexpected(lost());
      if (::poll(&socket, 1, kSliceMs) > 0) return {};
    }
  }

 private:
  [[nodiscard]] Error lost() const {
    return {ErrorCode::kUnavailable, "the connection to the database was lost"};
  }

  /// Until all that was sent is on its way.
  Result<void> flush() {
    while (true) {
      const int left = PQflush(connection_);
      if (left < 0) return tl::unexpected(lost());
      if (left == 0) return {};
      if (auto there = wait(POLLIN | POLLOUT); !there) return there;
      if (PQconsumeInput(connection_) != 1) return tl::unexpected(lost());
    }
  }

  /// The next result of what was sent; null behind the last.
  Result<Answer> next_result() {
    while (PQisBusy(connection_) == 1) {
      if (auto there = wait(POLLIN); !there) return tl::unexpected(there.error());
      if (PQconsumeInput(connection_) != 1) return tl::unexpected(lost());
    }
    return Answer(PQgetResult(connection_));
  }

  [[nodiscard]] std::optional<Error> error_of(const PGresult* result) const {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return std::nullopt;
    const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state == nullptr ? lost() : database_error(state, role_);
  }

  /// The last result of what was sent, or what was wrong with any of them.
  Result<Answer> take_answer() {
    if (auto sent = flush(); !sent) return tl::unexpected(sent.error());
    Answer last;
    while (true) {
      Result<Answer> next = next_result();
      if (!next) return next;
      if (!*next) break;
      if (auto error = error_of(next->get())) return tl::unexpected(*std::move(error));
      last = *std::move(next);
    }
    if (!last) return tl::unexpected(lost());
    return last;
  }

  PGconn* connection_;
  std::string role_;
  Clock::time_point deadline_;
  const std::stop_token& stop_;
};

std::string_view cell(const PGresult* result, int row, int column) {
  return {PQgetvalue(result, row, column),
          static_cast<std::size_t>(PQgetlength(result, row, column))};
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc() || stop != end) return std::nullopt;
  return number;
}

/// A value as JSON: numbers and truths as such, all else as its text.
nlohmann::ordered_json json_cell(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) == 1) return nullptr;
  const std::string_view text = cell(result, row, column);
  const Oid type = PQftype(result, column);
  if (type == kTruth) return text == "t";
  if (std::ranges::find(kWholeNumbers, type) != kWholeNumbers.end()) {
    if (const auto number = whole_number(text)) return *number;
  }
  return std::string(text);
}

std::string page_body(const PGresult* result) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (int row = 0; row < PQntuples(result); ++row) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (int column = 0; column < PQnfields(result); ++column) {
      object[PQfname(result, column)] = json_cell(result, row, column);
    }
    rows.push_back(std::move(object));
  }
  const nlohmann::ordered_json body = {{"rows", std::move(rows)}, {"limit", kTablePageRows}};
  // A database without an encoding may hold bytes that are no UTF-8: they are replaced.
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

class PostgresClient final : public HttpClient {
 public:
  PostgresClient(Result<DatabaseUrl> url, Duration deadline)
      : url_(std::move(url)), deadline_(deadline) {}

  Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) override {
    const std::scoped_lock lock(mutex_);
    if (!url_) return tl::unexpected(url_.error());
    const Result<TableQuestion> question = table_question_of(request);
    if (!question) return tl::unexpected(question.error());
    const TableLayout* const layout = find_table_layout(question->endpoint);
    if (layout == nullptr) {
      return fail(ErrorCode::kInvalidInput, "no table is called `" + question->endpoint + "`");
    }
    if (!connection_) {
      if (auto there = connect(request.bearer, stop); !there) {
        connection_.reset();
        return tl::unexpected(there.error());
      }
    }
    bool full = false;
    Result<HttpResponse> response = read_page(*layout, *question, stop, full);
    // Between pulls nothing is held at the database; rest() ends what a full page left open.
    if (!response || !full) connection_.reset();
    return response;
  }

  void rest() override {
    const std::scoped_lock lock(mutex_);
    connection_.reset();
  }

 private:
  /// Where the hosts are and then the connection, within one time.
  Result<void> connect(const Secret* password, const std::stop_token& stop) {
    const Duration within = std::min(kConnectWithin, deadline_);
    const auto deadline = Clock::now() + std::chrono::microseconds(within.us);
    const auto look_up = [&](const std::string& host, std::int64_t names) {
      const auto left =
          std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now());
      // One share more, which is the connection's.
      return host_addresses(host, {std::max<std::int64_t>(1, left.count() / (names + 1))}, stop);
    };
    const Result<DatabaseUrl> there = placed(*url_, look_up);
    if (!there) return tl::unexpected(there.error());
    start_connecting(*there, password);
    return finish_connecting(deadline, stop);
  }

  void start_connecting(const DatabaseUrl& there, const Secret* password) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    const auto add = [&](const char* name, const char* value) {
      names.push_back(name);
      values.push_back(value);
    };
    for (const auto& [name, value] : there.options) add(name.c_str(), value.c_str());
    add("application_name", "tidewaiter");
    add("client_encoding", "UTF8");
    add("gssencmode", "disable");
    std::string exposed(password == nullptr ? "" : password->expose());
    if (password != nullptr) add("password", exposed.c_str());
    add(nullptr, nullptr);
    connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
    ::explicit_bzero(exposed.data(), exposed.size());
    if (!connection_) return;
    // Neither words of the database, which may quote data, nor anything on the standard error.
    PQsetErrorVerbosity(connection_.get(), PQERRORS_SQLSTATE);
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    PQsetnonblocking(connection_.get(), 1);
  }

  Result<void> finish_connecting(Clock::time_point deadline, const std::stop_token& stop) {
    PGconn* const connection = connection_.get();
    if (connection == nullptr) return fail(ErrorCode::kUnavailable, "no memory for a connection");
    if (PQstatus(connection) == CONNECTION_BAD) {
      return tl::unexpected(connect_error(connection, url_->role));
    }
    const Session session(connection, url_->role, deadline, stop);
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
      const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
      if (auto there = session.wait(events); !there) return there;
      state = PQconnectPoll(connection);
      if (state == PGRES_POLLING_FAILED) {
        return tl::unexpected(connect_error(connection, url_->role));
      }
    }
    return {};
  }

  Result<HttpResponse> read_page(const TableLayout& layout, const TableQuestion& question,
                                 const std::stop_token& stop, bool& full) {
    const std::chrono::microseconds own(deadline_.us);
    Session session(connection_.get(), url_->role, Clock::now() + own + kGrace, stop);
    const std::string limit = std::to_string(std::max<std::int64_t>(1, deadline_.us / 1000));
    if (auto begun = session.run("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; "
                                 "SET LOCAL statement_timeout = " +
                                 limit + "; SET LOCAL lock_timeout = " + limit +
                                 "; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; "
                                 "SET LOCAL extra_float_digits = 1; SAVEPOINT begun");
        !begun) {
      return tl::unexpected(begun.error());
    }
    const Result<bool> looks = session.try_run(kLookForUs);
    if (!looks) return tl::unexpected(looks.error());
    if (!*looks) {
      if (auto back = session.run("ROLLBACK TO SAVEPOINT begun"); !back) {
        return tl::unexpected(back.error());
      }
    }
    HttpResponse response;
    Result<std::string> text = statement(session, layout, response);
    if (!text) return tl::unexpected(text.error());
    const Result<Answer> rows = session.ask(
        *text, {std::to_string(question.window.from.us), std::to_string(question.window.to.us),
                std::to_string(question.after.time_us), question.after.id,
                std::to_string(kTablePageRows)});
    if (!rows) return tl::unexpected(rows.error());
    if (auto ended = session.run("COMMIT"); !ended) return tl::unexpected(ended.error());
    full = PQntuples(rows->get()) >= kTablePageRows;
    response.status = 200;
    response.body = page_body(rows->get());
    return response;
  }

  /// What to select of what is there. Sets the date of the answer.
  static Result<std::string> statement(Session& session, const TableLayout& layout,
                                       HttpResponse& response) {
    const Result<Answer> found = session.ask(kColumnsText, {std::string(layout.relation)});
    if (!found) return tl::unexpected(found.error());
    std::set<std::string, std::less<>> columns;
    for (int row = 0; row < PQntuples(found->get()); ++row) {
      columns.emplace(cell(found->get(), row, 0));
      if (const auto now = whole_number(cell(found->get(), row, 1))) {
        response.date = UtcTime{*now};
      }
    }
    if (columns.empty()) {
      return fail(ErrorCode::kInvalidInput,
                  "the database has no table " + std::string(layout.relation) +
                      " of which the role may read a column: see that the URL names the gateway's "
                      "database, and that the role may use its schema and has it in its "
                      "search_path");
    }
    return select_text(layout, columns);
  }

  Result<DatabaseUrl> url_;
  Duration deadline_;
  std::mutex mutex_;
  Connection connection_;
};

}  // namespace

std::unique_ptr<HttpClient> make_postgres_client(const SourceConfig& config) {
  return std::make_unique<PostgresClient>(read_database_url(config.contract->url),
                                          config.contract->deadline);
}

}  // namespace tidewaiter
