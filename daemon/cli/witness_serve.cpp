#include <filesystem>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/verbs.h"
#include "daemon/http/http_service.h"
#include "storage/witness/witness_store.h"

namespace tidewaiter {
namespace {

struct ServeOptions {
  std::string folder;
  std::string listen = "127.0.0.1:8470";
};

/// One request at a time; what goes wrong here is told to the operator, not to the peer.
class WitnessDesk {
 public:
  WitnessDesk(Invocation& run, WitnessStore store) : run_(run), store_(std::move(store)) {}

  HttpAnswer answer(const std::string& body) {
    const std::scoped_lock lock(mutex_);
    Result<WitnessAnswer> answer = store_.answer(body, run_.now().us / kSecond.us);
    if (answer) return {answer->status, answer->content_type, std::move(answer->body)};
    run_.err << "a request could not be answered: " << printable(answer.error().message)
             << std::endl;
    return {500, "text/plain", "the witness cannot store what it would cosign\n"};
  }

 private:
  std::mutex mutex_;
  Invocation& run_;
  WitnessStore store_;
};

int serve(Invocation& run, const ServeOptions& options) {
  const Result<ListenAddress> address = parse_listen_address(options.listen);
  if (!address) {
    return fail_with(run, ExitStatus::kUsage, "--listen: " + address.error().message);
  }
  Result<WitnessStore> store = WitnessStore::open(run.environment.working_folder / options.folder);
  if (!store) return fail_with(run, store.error());
  const Interrupt interrupt;  // before the service's threads
  WitnessDesk desk(run, std::move(*store));
  HttpRoutes routes;
  routes.post_path = "/add-checkpoint";
  routes.longest_body = kMaxAddCheckpointBytes;
  routes.post = [&desk](const std::string& body) { return desk.answer(body); };
  const auto service = HttpService::listen(*address, std::move(routes));
  if (!service) return fail_with(run, service.error());
  run.out << url_of(*address, (*service)->port(), "/add-checkpoint") << std::endl;
  if (auto served = (*service)->run(interrupt.token()); !served) {
    return fail_with(run, served.error());
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_witness_serve(CLI::App& witness, Selection& selection) {
  CLI::App* verb =
      add_verb(witness, "serve", "answers the logs that ask for cosignatures",
               "Prints the URL that logs post to, then answers until SIGINT or SIGTERM: POST\n"
               "/add-checkpoint by c2sp.org/tlog-witness. A head is on disk before its\n"
               "cosignature leaves. Plain HTTP: towards the internet put a reverse proxy with\n"
               "TLS in front.",
               "  tidewaiter witness serve /var/lib/witness\n"
               "  tidewaiter witness serve /var/lib/witness --listen 192.0.2.7:8470");
  auto options = std::make_shared<ServeOptions>();
  verb->add_option("folder", options->folder, "The witness's folder")
      ->type_name("FOLDER")
      ->required();
  verb->add_option("--listen", options->listen, "127.0.0.1:8470 without it; port 0 is any free one")
      ->type_name("ADDRESS:PORT");
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return serve(run, *options); };
  });
}

}  // namespace tidewaiter
