#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/witnessed.h"
#include "daemon/http/http_service.h"
#include "storage/ledger/log_files.h"

namespace tidewaiter {
namespace {

constexpr int kNotThere = 404;
constexpr int kFailed = 500;
constexpr const char* kForEver = "public, max-age=31536000, immutable";
constexpr const char* kAskAgain = "no-cache";

/// Strangers decide how often something goes wrong, and not how often it is told.
constexpr Duration kToldEvery{10 * kSecond.us};

/// Reads the ledger for one request at a time; what goes wrong here is told to the operator, not to
/// the peer.
class LogDesk {
 public:
  LogDesk(Invocation& run, const Stores& stores) : run_(run), stores_(stores) {}

  HttpAnswer answer(const std::string& path) {
    const std::scoped_lock lock(mutex_);
    Result<HttpAnswer> answer = read(path);
    if (answer) return std::move(*answer);
    if (is_due(told_)) {
      run_.err << printable(path) << " could not be read: " << printable(answer.error().message)
               << std::endl;
    }
    return {kFailed, kText, "the ledger cannot be read here now\n", kAskAgain};
  }

 private:
  static constexpr const char* kText = "text/plain; charset=utf-8";

  Result<HttpAnswer> read(const std::string& path) {
    Result<std::optional<Checkpoint>> head = stores_.ledger->signed_head();
    if (!head) return tl::unexpected(head.error());
    if (!*head) return HttpAnswer{kNotThere, kText, "the log has no signed head yet\n", kAskAgain};
    if (path == "/") return HttpAnswer{200, kText, front_page(**head), kAskAgain};
    if (path == "/checkpoint") return HttpAnswer{200, kText, note_of(**head), kAskAgain};
    if (path.starts_with('/')) {
      Result<std::optional<std::string>> file =
          read_log_file(*stores_.ledger, (*head)->head.size, std::string_view(path).substr(1));
      if (!file) return tl::unexpected(file.error());
      if (*file) return HttpAnswer{200, "application/octet-stream", std::move(**file), kForEver};
    }
    return HttpAnswer{kNotThere, kText, "no such file; / says what is here\n", kAskAgain};
  }

  /// With the cosignatures of witnesses, once they have cosigned this head.
  std::string note_of(const Checkpoint& head) {
    const auto is_cosigned = [&] { return cosigned_ && cosigned_->head == head.head; };
    if (!is_cosigned() && is_due(witnessed_read_)) {
      // What is wrong with the file is told by the reading; the log's own signature stands.
      if (auto witnessed = read_witnessed(run_, stores_); witnessed && *witnessed) {
        cosigned_ = std::move((*witnessed)->head);
      }
    }
    return is_cosigned() ? cosigned_->note : head.note;
  }

  bool is_due(std::optional<UtcTime>& last) {
    const UtcTime now = run_.now();
    if (last && *last <= now && now - *last < kToldEvery) return false;
    last = now;
    return true;
  }

  [[nodiscard]] std::string front_page(const Checkpoint& head) const {
    return "The log " + stores_.ledger->origin() + ", as files of c2sp.org/tlog-tiles\n\n" +
           "  entries  " + std::to_string(head.head.size) + "\n  root     " +
           to_hex(head.head.root) +
           "\n\n"
           "  /checkpoint            the signed head\n"
           "  /tile/entries/<N>      256 entries each; the last one is <N>.p/<W>, W entries\n"
           "  /tile/<L>/<N>          hashes of level 8 L of the tree\n\n"
           "Take the key that checks the head from other hands than this server's.\n";
  }

  std::mutex mutex_;
  Invocation& run_;
  const Stores& stores_;
  std::optional<Checkpoint> cosigned_;  ///< the last head that was
  std::optional<UtcTime> witnessed_read_;
  std::optional<UtcTime> told_;
};

int serve(Invocation& run, const std::string& listen) {
  const Result<ListenAddress> address = parse_listen_address(listen);
  if (!address) {
    return fail_with(run, ExitStatus::kUsage, "--listen: " + address.error().message);
  }
  int status = 0;
  std::optional<Config> config = config_with_ledger(run, status);
  if (!config) return status;
  Stores stores;  // without the record log, which is not asked
  stores.paths = state_paths(*config);
  stores.config = std::move(*config);
  Result<std::unique_ptr<Ledger>> ledger =
      Ledger::open(stores.paths.ledger, Ledger::Mode::kReadOnly);
  if (!ledger) return fail_with(run, ledger.error());
  stores.ledger = std::move(*ledger);
  const Interrupt interrupt;  // before the service's threads
  LogDesk desk(run, stores);
  HttpRoutes routes;
  routes.get = [&desk](const std::string& path) { return desk.answer(path); };
  const auto service = HttpService::listen(*address, std::move(routes));
  if (!service) return fail_with(run, service.error());
  run.out << url_of(*address, (*service)->port(), "/") << std::endl;
  if (auto served = (*service)->run(interrupt.token()); !served) {
    return fail_with(run, served.error());
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_ledger_serve(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "serve", "serves the signed log to anybody who wants to check it",
      "Prints its URL, then answers until SIGINT or SIGTERM: the files of c2sp.org/tlog-tiles, "
      "read\n"
      "from the ledger as they are asked for, beside a daemon that goes on writing. Only what is\n"
      "signed is served, and nothing personal is in it. Nothing can be changed over it. Plain "
      "HTTP:\n"
      "towards the internet put a reverse proxy with TLS in front; it may keep tiles for ever.",
      "  tidewaiter ledger serve\n"
      "  tidewaiter ledger serve --listen 192.0.2.7:8471\n"
      "  curl http://127.0.0.1:8471/checkpoint");
  auto listen = std::make_shared<std::string>("127.0.0.1:8471");
  verb->add_option("--listen", *listen, "127.0.0.1:8471 without it; port 0 is any free one")
      ->type_name("ADDRESS:PORT");
  verb->callback([listen, &selection] {
    selection.command = [listen](Invocation& run) { return serve(run, *listen); };
  });
}

}  // namespace tidewaiter
