#include "storage/postgres/postgres_connection.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <utility>

#include <libpq-fe.h>
#include <poll.h>

#include "storage/postgres/sql_state.h"

namespace tidewaiter {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kConnecting = "connect to the database";
constexpr auto kConnectWithin = std::chrono::seconds(10);
/// What a statement has beyond its time at the database: for the way.
constexpr auto kOnTheWay = std::chrono::seconds(5);

/// What kSession sets, until give() says otherwise.
constexpr auto kFirstStatements = std::chrono::seconds(5);

/// Changes that go out before an answer is read. Answers to so many fit into a socket's buffer, so
/// that neither side waits for the other.
constexpr std::size_t kChangesAtOnce = 128;

/// The session of every connection. The keep-alives make the server drop a peer whose machine is
/// gone, and with it the lock that makes it the sequencer.
constexpr const char* kSession =
    "SET search_path = pg_catalog; SET synchronous_commit = on; SET TimeZone = 'UTC'; "
    "SET statement_timeout = 5000; SET lock_timeout = 10000; "
    "SET idle_in_transaction_session_timeout = 60000; SET tcp_keepalives_idle = 3; "
    "SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 9000";

Error lost(std::string_view doing) {
  return {ErrorCode::kUnavailable,
          "cannot " + std::string(doing) + ": the connection to the database was lost"};
}

}  // namespace

class PostgresConnection::Impl {
 public:
  Result<void> connect(const PostgresPlace& place);

  Result<SqlRows> take(std::string_view doing);
  Result<void> drain(std::string_view doing);
  Result<void> prepare(const char* text, std::span<const SqlValue> values, std::string_view doing);
  bool send(const char* text, std::span<const SqlValue> values);
  Result<void> change_some(std::span<const SqlChange> changes, std::string_view doing);

  Result<void> give(std::chrono::seconds statement);

  [[nodiscard]] PGconn* get() const { return connection_.get(); }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Answer = std::unique_ptr<PGresult, ClearResult>;

  Result<void> finish_connecting();
  Result<void> wait(short events, Clock::time_point deadline, std::string_view doing) const;
  /// The next result; null where there is none.
  Result<Answer> next(std::string_view doing);
  Result<void> take_change(const SqlChange& change, std::string_view doing);

  std::unique_ptr<PGconn, Finish> connection_;
  std::chrono::seconds statement_ = kFirstStatements;
  std::map<const char*, std::string> prepared_;  ///< names of statements, by their texts
};

Result<void> PostgresConnection::Impl::connect(const PostgresPlace& place) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  const auto add = [&](const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  };
  for (const auto& [name, value] : place.url.options) add(name.c_str(), value.c_str());
  add("application_name", "tidewaiter");
  add("client_encoding", "UTF8");
  add("gssencmode", "disable");
  add("tcp_user_timeout", "9000");
  add("keepalives_idle", "3");
  add("keepalives_interval", "2");
  add("keepalives_count", "3");
  std::string password;
  const auto keep = [&password](std::string_view given) { password = given; };
  if (place.password) {
    if (auto read = place.password(keep); !read) return read;
  }
  if (!password.empty()) add("password", password.c_str());
  add(nullptr, nullptr);
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
  ::explicit_bzero(password.data(), password.size());
  if (!connection_) return fail(ErrorCode::kUnavailable, "no memory for a connection");
  // Neither words of the database, which may quote data, nor anything on the standard error.
  PQsetErrorVerbosity(get(), PQERRORS_SQLSTATE);
  PQsetNoticeProcessor(
      get(), [](void*, const char*) {}, nullptr);
  if (auto connected = finish_connecting(); !connected) return connected;
  if (PQsendQuery(get(), kSession) != 1) return tl::unexpected(lost(kConnecting));
  return drain(kConnecting);
}

Result<void> PostgresConnection::Impl::finish_connecting() {
  const auto failed = [this]() -> tl::unexpected<Error> {
    std::string message = PQerrorMessage(get());
    if (const std::string state = sql_state_in(message); !state.empty()) {
      return tl::unexpected(sql_state_error(state, kConnecting));
    }
    // Nobody said no, so that libpq's own words are all there is; they hold no secret.
    message.resize(std::min(message.find('\n'), message.size()));
    return fail(ErrorCode::kUnavailable, "no connection to the database: " + message);
  };
  const Clock::time_point deadline = Clock::now() + kConnectWithin;
  PostgresPollingStatusType state =
      PQstatus(get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) return failed();
    const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (auto there = wait(events, deadline, kConnecting); !there) return there;
    state = PQconnectPoll(get());
  }
  return {};
}

Result<void> PostgresConnection::Impl::wait(short events, Clock::time_point deadline,
                                            std::string_view doing) const {
  while (true) {
    pollfd socket{PQsocket(get()), events, 0};
    if (socket.fd < 0) return tl::unexpected(lost(doing));
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
      return fail(ErrorCode::kUnavailable,
                  "cannot " + std::string(doing) + ": the database did not answer in time");
    }
    if (::poll(&socket, 1, static_cast<int>(left.count())) > 0) return {};
  }
}

Result<PostgresConnection::Impl::Answer> PostgresConnection::Impl::next(std::string_view doing) {
  const Clock::time_point deadline = Clock::now() + statement_ + kOnTheWay;
  while (PQisBusy(get()) == 1) {
    if (auto there = wait(POLLIN, deadline, doing); !there) {
      // What comes later would be taken for the answer to another question.
      connection_.reset();
      return tl::unexpected(there.error());
    }
    if (PQconsumeInput(get()) != 1) return tl::unexpected(lost(doing));
  }
  return Answer(PQgetResult(get()));
}

/// The last result of what was sent, or what was wrong with any of them.
Result<SqlRows> PostgresConnection::Impl::take(std::string_view doing) {
  Answer last;
  std::optional<Error> wrong;
  while (true) {
    auto answer = next(doing);
    if (!answer) return tl::unexpected(answer.error());
    if (!*answer) break;
    const ExecStatusType status = PQresultStatus(answer->get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && !wrong) {
      const char* const state = PQresultErrorField(answer->get(), PG_DIAG_SQLSTATE);
      wrong = state == nullptr ? lost(doing) : sql_state_error(state, doing);
    }
    last = std::move(*answer);
  }
  if (wrong) return tl::unexpected(*std::move(wrong));
  if (!last) return tl::unexpected(lost(doing));
  return SqlRows(last.release());
}

Result<void> PostgresConnection::Impl::drain(std::string_view doing) {
  const auto rows = take(doing);
  if (!rows) return tl::unexpected(rows.error());
  return {};
}

Result<void> PostgresConnection::Impl::give(std::chrono::seconds statement) {
  const std::string text =
      "SET statement_timeout = " + std::to_string(std::chrono::milliseconds(statement).count());
  constexpr std::string_view kDoing = "bound the time of statements";
  if (!connection_ || PQsendQuery(get(), text.c_str()) != 1) return tl::unexpected(lost(kDoing));
  if (auto done = drain(kDoing); !done) return done;
  statement_ = statement;
  return {};
}

Result<void> PostgresConnection::Impl::prepare(const char* text, std::span<const SqlValue> values,
                                               std::string_view doing) {
  if (!connection_) return tl::unexpected(lost(doing));
  if (prepared_.contains(text)) return {};
  std::vector<Oid> types;
  types.reserve(values.size());
  for (const SqlValue& value : values) types.push_back(value.type());
  const std::string name = "s" + std::to_string(prepared_.size());
  if (PQsendPrepare(get(), name.c_str(), text, static_cast<int>(types.size()), types.data()) != 1) {
    return tl::unexpected(lost(doing));
  }
  if (auto done = drain(doing); !done) return done;
  prepared_.emplace(text, name);
  return {};
}

bool PostgresConnection::Impl::send(const char* text, std::span<const SqlValue> values) {
  std::vector<const char*> images;
  std::vector<int> lengths;
  for (const SqlValue& value : values) {
    images.push_back(value.image() ? value.image()->data() : nullptr);
    lengths.push_back(value.image() ? static_cast<int>(value.image()->size()) : 0);
  }
  const std::vector<int> formats(values.size(), 1);  // binary
  return PQsendQueryPrepared(get(), prepared_.at(text).c_str(), static_cast<int>(values.size()),
                             images.data(), lengths.data(), formats.data(), 1) == 1;
}

Result<void> PostgresConnection::Impl::take_change(const SqlChange& change,
                                                   std::string_view doing) {
  auto answer = next(doing);
  if (!answer) return tl::unexpected(answer.error());
  if (!*answer) return tl::unexpected(lost(doing));
  // A null ends the answers to one statement.
  const auto end = next(doing);
  if (!end) return tl::unexpected(end.error());
  const ExecStatusType status = PQresultStatus(answer->get());
  if (status == PGRES_COMMAND_OK) {
    const std::string_view changed = PQcmdTuples(answer->get());
    if (changed != "0" || change.if_none.empty()) return {};
    return fail(ErrorCode::kRefused, change.if_none);
  }
  const char* const state = PQresultErrorField(answer->get(), PG_DIAG_SQLSTATE);
  return tl::unexpected(state == nullptr ? lost(doing) : sql_state_error(state, doing));
}

Result<void> PostgresConnection::Impl::change_some(std::span<const SqlChange> changes,
                                                   std::string_view doing) {
  for (const SqlChange& change : changes) {
    if (auto ready = prepare(change.text, change.values, doing); !ready) return ready;
  }
  if (PQenterPipelineMode(get()) != 1) return tl::unexpected(lost(doing));
  bool sent = true;
  for (const SqlChange& change : changes) sent = sent && send(change.text, change.values);
  sent = sent && PQpipelineSync(get()) == 1;
  Result<void> done;
  if (!sent) done = tl::unexpected(lost(doing));
  // Every answer is taken, and the first that is wrong is what happened.
  for (const SqlChange& change : changes) {
    if (!sent || !connection_) break;
    auto taken = take_change(change, doing);
    if (!taken && done) done = std::move(taken);
  }
  if (!connection_) return done;
  if (sent) {
    auto sync = next(doing);
    if (!sync && done) done = tl::unexpected(sync.error());
  }
  // It refuses only where answers are left over, which would be taken for others.
  if (connection_ && PQexitPipelineMode(get()) != 1) connection_.reset();
  if (!connection_ && done) done = tl::unexpected(lost(doing));
  return done;
}

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(const PostgresPlace& place) {
  auto impl = std::make_unique<Impl>();
  if (auto connected = impl->connect(place); !connected) {
    return tl::unexpected(connected.error());
  }
  return std::unique_ptr<PostgresConnection>(new PostgresConnection(std::move(impl)));
}

PostgresConnection::PostgresConnection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PostgresConnection::~PostgresConnection() = default;

Result<void> PostgresConnection::give(std::chrono::seconds statement) {
  return impl_->give(statement);
}

Result<void> PostgresConnection::run(const char* text, std::string_view doing) {
  if (!is_alive() || PQsendQuery(impl_->get(), text) != 1) return tl::unexpected(lost(doing));
  return impl_->drain(doing);
}

Result<SqlRows> PostgresConnection::ask(const char* text, std::span<const SqlValue> values,
                                        std::string_view doing) {
  if (auto ready = impl_->prepare(text, values, doing); !ready) {
    return tl::unexpected(ready.error());
  }
  if (!impl_->send(text, values)) return tl::unexpected(lost(doing));
  return impl_->take(doing);
}

Result<void> PostgresConnection::change(std::span<const SqlChange> changes,
                                        std::string_view doing) {
  while (!changes.empty()) {
    const std::size_t count = std::min(changes.size(), kChangesAtOnce);
    if (auto done = impl_->change_some(changes.first(count), doing); !done) return done;
    changes = changes.subspan(count);
  }
  return {};
}

Result<void> PostgresConnection::commit(std::string_view doing) {
  // In a transaction that has failed COMMIT succeeds, and rolls back.
  if (is_alive() && PQtransactionStatus(impl_->get()) != PQTRANS_INTRANS) {
    return fail(ErrorCode::kUnavailable,
                "cannot " + std::string(doing) + ": the database took the transaction back");
  }
  // A time-out while it waits for a synchronous standby would report a commit that no standby has.
  return run("SET LOCAL statement_timeout = 0; COMMIT", doing);
}

bool PostgresConnection::is_alive() const {
  return impl_->get() != nullptr && PQstatus(impl_->get()) == CONNECTION_OK;
}

}  // namespace tidewaiter
