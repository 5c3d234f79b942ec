#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/text_table.h"
#include "daemon/cli/timestamp_standing.h"
#include "daemon/cli/verbs.h"
#include "daemon/outbound/http_client.h"
#include "daemon/timestamp/authority_client.h"
#include "storage/files/durable_file.h"
#include "storage/timestamp/timestamp_folder.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kRequestMode = 0644;

struct TimestampOptions {
  bool now = false;
  std::optional<std::string> query;   ///< --query: where the request goes
  std::optional<std::string> take;    ///< --take: where the response is
  std::optional<std::string> tsa_ca;  ///< --tsa-ca
  bool json = false;
};

/// The file of certificates that was named, in the folder where the command runs.
std::optional<fs::path> named_ca(const Invocation& run, const TimestampOptions& options) {
  if (!options.tsa_ca) return std::nullopt;
  return run.environment.working_folder / *options.tsa_ca;
}

/// Those, or the configured ones. Errors: kNotFound if neither is there.
Result<TimestampAuthorities> authorities(const Invocation& run, const Stores& stores,
                                         const TimestampOptions& options) {
  const auto& configured = stores.config.ledger.timestamps;
  const std::optional<fs::path> named = named_ca(run, options);
  if (!named && !configured) {
    return fail(ErrorCode::kNotFound,
                "whose tokens are believed is not known: name a file of certificates with "
                "--tsa-ca, or as `ledger.timestamps.ca` in the configuration");
  }
  if (!named) return TimestampAuthorities::from_file(configured->ca);
  Result<TimestampAuthorities> read = TimestampAuthorities::from_file(*named);
  if (!read) return fail(ErrorCode::kNotFound, "--tsa-ca: " + read.error().message);
  return read;
}

/// A request for the signed head, kept until it is answered.
Result<PendingTimestamp> ask(const Stores& stores, RequestBearer bearer) {
  const auto head = stores.ledger->signed_head();
  if (!head) return tl::unexpected(head.error());
  if (!*head) return fail(ErrorCode::kNotFound, "the ledger has no signed head to be stamped");
  const auto log = parse_verifier_key(stores.ledger->verifier_key());
  if (!log) return tl::unexpected(log.error());
  const auto& configured = stores.config.ledger.timestamps;
  return TimestampFolder(stores.paths.timestamps)
      .ask(**head, *log, configured ? configured->policy : std::string(), bearer);
}

int write_query(Invocation& run, const Stores& stores, const TimestampOptions& options) {
  const auto asked = ask(stores, RequestBearer::kPerson);
  if (!asked) return fail_with(run, asked.error());
  const fs::path file = run.environment.working_folder / *options.query;
  if (const auto placed = place_file(file, kRequestMode, asked->der); !placed) {
    return fail_with(run, placed.error());
  }
  if (options.json) {
    print_json(run, {{"size", asked->size},
                     {"imprint", to_hex(asked->request.imprint)},
                     {"nonce", asked->request.nonce},
                     {"file", *options.query}});
    return code(ExitStatus::kOk);
  }
  run.out << "A request for the signed head of " << counted(asked->size, "entry", "entries")
          << " is in " << printable(*options.query) << '\n'
          << "Bring it to the authority, and its response here with\n"
          << "  tidewaiter ledger timestamp --take RESPONSE\n";
  return code(ExitStatus::kOk);
}

int take(Invocation& run, const Stores& stores, const TimestampOptions& options,
         const std::string& response) {
  const auto believed = authorities(run, stores, options);
  if (!believed) return fail_with(run, believed.error());
  const auto taken = TimestampFolder(stores.paths.timestamps).take(response, *believed);
  if (!taken) {
    Error refused = taken.error();  // bytes that are no response are no fault of the configuration
    if (refused.code == ErrorCode::kInvalidInput) refused.code = ErrorCode::kRefused;
    return fail_with(run, refused);
  }
  if (const auto told = write_timestamp_failure(stores.paths.timestamps, std::nullopt); !told) {
    return fail_with(run, told.error());
  }
  const auto standing = read_timestamps(stores, TimestampDepth::kAll, named_ca(run, options));
  if (!standing) return fail_with(run, standing.error());
  for (const TokenStanding& token : standing->tokens) {
    if (!token.holds || token.holds->timestamp.imprint != taken->timestamp.imprint ||
        token.holds->timestamp.serial != taken->timestamp.serial) {
      continue;
    }
    if (options.json) {
      print_json(run, token_json(token));
    } else {
      run.out << counted(token.size, "entry was", "entries were") << " there at "
              << format_time(taken->timestamp.time) << ", says " << printable(taken->authority)
              << "\n  " << printable((stores.paths.timestamps / token.file).string()) << '\n';
    }
    return code(ExitStatus::kOk);
  }
  return fail_with(run, Error{ErrorCode::kUnavailable,
                              "the token was taken in and is gone again: somebody removed it"});
}

int take_file(Invocation& run, const Stores& stores, const TimestampOptions& options) {
  const auto response =
      read_whole_file(run.environment.working_folder / *options.take, kMaxTimestampBytes);
  if (!response) return fail_with(run, response.error());
  return take(run, stores, options, *response);
}

int request_now(Invocation& run, const Stores& stores, const TimestampOptions& options) {
  const auto& configured = stores.config.ledger.timestamps;
  if (!configured) {
    return fail_with(run, ExitStatus::kUsage,
                     "no authority is configured: write `ledger.timestamps`, or use --query and "
                     "--take");
  }
  // What could not be taken in need not be asked for.
  if (const auto believed = authorities(run, stores, options); !believed) {
    return fail_with(run, believed.error());
  }
  const auto asked = ask(stores, RequestBearer::kProgram);
  if (!asked) return fail_with(run, asked.error());
  const auto http = make_curl_client();
  const AuthorityAnswer answer = ask_authority(*http, configured->url, asked->der, {});
  if (!answer.response) return fail_with(run, answer.response.error());
  return take(run, stores, options, *answer.response);
}

void print_list(Invocation& run, const TimestampStanding& standing) {
  TextTable table({{.header = "ENTRIES", .right = true},
                   {.header = "TIME"},
                   {.header = "CERTIFICATE ENDS"},
                   {.header = "AUTHORITY", .folds = true},
                   {.header = "PROBLEM", .folds = true}});
  for (const TokenStanding& token : standing.tokens) {
    if (token.holds) {
      table.add_row({{grouped(token.size)},
                     {format_time(token.holds->timestamp.time)},
                     {format_time(token.holds->expires)},
                     {token.holds->authority},
                     {""}});
    } else {
      table.add_row({{grouped(token.size)}, {"-"}, {"-"}, {""}, {token.why_not}});
    }
  }
  if (table.empty()) {
    run.out << "no timestamps\n";
  } else {
    run.out << table.render(run.terminal);
  }
  for (const std::int64_t size : standing.pending) {
    run.out << "a request for the head of " << counted(size, "entry", "entries")
            << " waits for its response\n";
  }
  if (standing.failure) {
    run.out << wrapped("no timestamp since " + format_time(standing.failure->since) + ", " +
                           counted(standing.failure->attempts, "attempt") + ": " +
                           printable(standing.failure->reason),
                       run.terminal.width, 2)
            << '\n';
  }
}

int list(Invocation& run, const Stores& stores, const TimestampOptions& options) {
  const auto standing = read_timestamps(stores, TimestampDepth::kAll, named_ca(run, options));
  if (!standing) return fail_with(run, standing.error());
  if (!options.json) {
    print_list(run, *standing);
    return code(ExitStatus::kOk);
  }
  nlohmann::ordered_json tokens = nlohmann::ordered_json::array();
  for (const TokenStanding& token : standing->tokens) tokens.push_back(token_json(token));
  print_json(run, {{"timestamps", tokens},
                   {"judged", standing->judged},
                   {"pending", standing->pending},
                   {"failure", timestamp_failure_json(*standing)}});
  return code(ExitStatus::kOk);
}

int timestamp(Invocation& run, const TimestampOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  if (options.now) return request_now(run, *stores, options);
  if (options.query) return write_query(run, *stores, options);
  if (options.take) return take_file(run, *stores, options);
  return list(run, *stores, options);
}

}  // namespace

void add_ledger_timestamp(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "timestamp", "lists, asks for and takes in time-stamp tokens over signed heads",
      "Prints a row a token (RFC 3161): how many entries were there at which time, according to\n"
      "whom. The daemon asks the configured authority by itself; --now asks it at once. Where "
      "this\n"
      "machine reaches none, --query writes the request for the signed head to a file, and --take\n"
      "takes in the response that somebody brought. A token is believed under the certificates of\n"
      "--tsa-ca, or of `ledger.timestamps.ca`.",
      "  tidewaiter ledger timestamp --now\n"
      "  tidewaiter ledger timestamp --query head.tsq\n"
      "  tidewaiter ledger timestamp --take head.tsr --tsa-ca tsa.pem");
  auto options = std::make_shared<TimestampOptions>();
  auto* now = verb->add_flag("--now", options->now, "Ask the configured authority");
  auto* query = verb->add_option_function<std::string>(
                        "--query", [options](const std::string& given) { options->query = given; },
                        "Write the request for the signed head to this file")
                    ->type_name("FILE");
  auto* take_in = verb->add_option_function<std::string>(
                          "--take", [options](const std::string& given) { options->take = given; },
                          "Take in the authority's response from this file")
                      ->type_name("FILE");
  now->excludes(query)->excludes(take_in);
  query->excludes(take_in);
  verb->add_option_function<std::string>(
          "--tsa-ca", [options](const std::string& given) { options->tsa_ca = given; },
          "Certificates (PEM) of the authorities that you trust")
      ->type_name("FILE");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return timestamp(run, *options); };
  });
}

}  // namespace tidewaiter
