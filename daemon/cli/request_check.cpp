#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/acts.h"
#include "daemon/cli/exhibit_files.h"
#include "daemon/cli/request_text.h"
#include "daemon/cli/request_verbs.h"

namespace tidewaiter {
namespace {

struct CheckOptions {
  std::string file;
  bool json = false;
};

/// The requests of which a file is the document, and of how many it cannot be told.
struct AskedBy {
  std::vector<AuthorityRequest> requests;
  std::int64_t untold = 0;  ///< whose words are erased, or not on this machine
};

Result<AskedBy> asked_by(const Stores& stores, const RequestDocument& document) {
  const auto acts = recorded_acts(*stores.ledger);
  if (!acts) return tl::unexpected(acts.error());
  const Result<ReportBook> reports = ReportBook::make(*acts);
  if (!reports) return tl::unexpected(reports.error());
  const Result<RequestBook> book = RequestBook::make(*acts, *reports);
  if (!book) return tl::unexpected(book.error());
  AskedBy found;
  for (const AuthorityRequest& request : book->requests()) {
    const auto words = confidential_of(stores.paths.folder, request.entered.act.act);
    if (!words) return tl::unexpected(words.error());
    if (!*words) {
      ++found.untold;
      continue;
    }
    const auto its = document_of(**words);
    if (its && its->sha256 == document.sha256 && its->bytes == document.bytes) {
      found.requests.push_back(request);
    }
  }
  return found;
}

void tell_asked_by(Invocation& run, const RequestDocument& document, const AskedBy& found) {
  run.out << printable(document.name) << ", " << counted(document.bytes, "byte") << ", SHA-256 "
          << to_hex(document.sha256) << '\n';
  for (const AuthorityRequest& request : found.requests) {
    run.out << "  is the document of " << request.id << ": "
            << request_standing_text(request, run.now()) << '\n';
  }
  if (found.requests.empty()) run.out << "  is the document of no request\n";
  if (found.untold == 0) return;
  run.out << "  cannot be told of " << counted(found.untold, "request")
          << ": the words are erased, or not on this machine\n";
}

int check_document(Invocation& run, const CheckOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const auto document = request_document(run, *stores, options.file);
  if (!document) return fail_with(run, document.error());
  const Result<AskedBy> found = asked_by(*stores, *document);
  if (!found) return fail_with(run, found.error());
  if (options.json) {
    nlohmann::ordered_json requests = nlohmann::ordered_json::array();
    for (const AuthorityRequest& request : found->requests) requests.push_back(request.id);
    print_json(run, {{"document", document_json(*document)},
                     {"requests", std::move(requests)},
                     {"untold", found->untold}});
  } else {
    tell_asked_by(run, *document, *found);
  }
  return code(found->requests.empty() ? ExitStatus::kCheckFailed : ExitStatus::kOk);
}

}  // namespace

void add_request_check(CLI::App& request, Selection& selection) {
  CLI::App* verb = add_verb(
      request, "check", "says of which request a file is the document, byte for byte",
      "Prints length and SHA-256 of the file, and each request that was entered with it as its\n"
      "document. Exit status 1 if there is none.",
      "  tidewaiter request check order-26-117.pdf");
  auto options = std::make_shared<CheckOptions>();
  verb->add_option("file", options->file, "The file")->type_name("FILE")->required();
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return check_document(run, *options); };
  });
}

}  // namespace tidewaiter
