#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "daemon/cli/interrupt.h"
#include "daemon/cli/verbs.h"
#include "daemon/http/http_service.h"
#include "daemon/simulate/provider_server.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

struct ProviderArguments {
  std::string listen = "127.0.0.1:8472";
  std::string mode = "none";
  std::uint64_t seed = 1;
  int customers = 10;
  std::int64_t page_buckets = 24;
  bool list_modes = false;
};

std::string mode_list() {
  std::size_t longest = 0;
  for (const HostileModeName& mode : hostile_modes()) longest = std::max(longest, mode.name.size());
  std::string out;
  for (const HostileModeName& mode : hostile_modes()) {
    out += "  " + std::string(mode.name) + std::string(longest + 2 - mode.name.size(), ' ') +
           std::string(mode.doc) + "\n";
  }
  return out;
}

Result<HostileMode> chosen_mode(const std::string& name) {
  if (const auto mode = find_hostile_mode(name)) return *mode;
  std::vector<std::string_view> names;
  for (const HostileModeName& mode : hostile_modes()) names.push_back(mode.name);
  const auto near = did_you_mean(name, names);
  return fail(ErrorCode::kInvalidInput,
              "--hostile cannot be `" + name + "`" +
                  (near ? "; did you mean `" + *near + "`?" : "; --list-hostile shows them"));
}

int serve(Invocation& run, const ProviderArguments& arguments) {
  if (arguments.list_modes) {
    run.out << mode_list();
    return code(ExitStatus::kOk);
  }
  const Result<ListenAddress> address = parse_listen_address(arguments.listen);
  if (!address) {
    return fail_with(run, ExitStatus::kUsage, "--listen: " + address.error().message);
  }
  const Result<HostileMode> mode = chosen_mode(arguments.mode);
  if (!mode) return fail_with(run, ExitStatus::kUsage, mode.error().message);
  ProviderOptions options;
  options.address = *address;
  options.model = {arguments.seed, arguments.customers};
  options.mode = *mode;
  options.most_buckets = arguments.page_buckets;
  options.now = run.now;
  const Interrupt interrupt;  // before the server's threads
  const auto server = ProviderServer::listen(std::move(options));
  if (!server) return fail_with(run, server.error());
  run.out << url_of(*address, (*server)->port(), "/v1") << std::endl;
  if (auto served = (*server)->run(interrupt.token()); !served) {
    return fail_with(run, served.error());
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_simulate_provider(CLI::App& simulate, Selection& selection) {
  CLI::App* verb = add_verb(
      simulate, "provider",
      "answers as providers and gateways do, about customers who do not exist",
      "Prints its URL, then answers until SIGINT or SIGTERM, for whoever brings any key, in the\n"
      "words of OpenAI, Anthropic, Stripe, LiteLLM, new-api, Langfuse, OpenRouter and SCIM, of "
      "the\n"
      "same customers. The figures follow from the seed alone. A source that is to read it needs\n"
      "`private_addresses: true` and `url`: for `openai`, `anthropic` and `stripe` what is "
      "printed,\n"
      "for `openrouter` /api/v1 in the place of /v1, for `scim` /scim/v2, for `litellm`, `newapi` "
      "and\n"
      "`langfuse` nothing. With --hostile it breaks the contract in one way, as servers do.",
      "  tidewaiter simulate provider\n"
      "  tidewaiter simulate provider --listen 127.0.0.1:0 --seed 7 --customers 200\n"
      "  tidewaiter simulate provider --hostile repeated-token");
  auto arguments = std::make_shared<ProviderArguments>();
  verb->add_option("--listen", arguments->listen,
                   "127.0.0.1:8472 without it; port 0 is any free one")
      ->type_name("ADDRESS:PORT");
  verb->add_option("--seed", arguments->seed, "What the figures follow from; 1 without it")
      ->type_name("NUMBER");
  verb->add_option("--customers", arguments->customers, "How many; 10 without it")
      ->type_name("NUMBER")
      ->check(CLI::Range(1, 100'000));
  verb->add_option("--page-buckets", arguments->page_buckets,
                   "The most buckets or entries of a page; 24 without it")
      ->type_name("NUMBER")
      ->check(CLI::Range(1, 1440));
  verb->add_option("--hostile", arguments->mode, "In which way it breaks the contract")
      ->type_name("MODE");
  verb->add_flag("--list-hostile", arguments->list_modes, "Lists the ways, and ends");
  verb->callback([arguments, &selection] {
    selection.command = [arguments](Invocation& run) { return serve(run, *arguments); };
  });
}

}  // namespace tidewaiter
