#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct ProofOptions {
  std::int64_t number = 0;  ///< an entry's index, or the older size
  std::int64_t size = -1;   ///< -1: the last signed size, or else the head's
  bool consistency = false;
  bool json = false;
};

Result<std::int64_t> tree_size(const Ledger& ledger, std::int64_t wanted) {
  const Result<TreeHead> head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  if (wanted > head->size) {
    return fail(ErrorCode::kNotFound, "the ledger has " + std::to_string(head->size) +
                                          " entries: `--size " + std::to_string(wanted) +
                                          "` is beyond it");
  }
  if (wanted >= 0) return wanted;
  const Result<std::optional<Checkpoint>> checkpoint = ledger.signed_head();
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  return *checkpoint ? (*checkpoint)->head.size : head->size;
}

int prove(Invocation& run, const ProofOptions& options) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status);
  if (stores == nullptr) return status;
  const Ledger& ledger = *stores->ledger;
  const Result<std::int64_t> size = tree_size(ledger, options.size);
  if (!size) return fail_with(run, size.error());
  const std::int64_t least = options.consistency ? options.number : options.number + 1;
  if (least > *size) {
    return fail_with(run, ExitStatus::kUsage,
                     "`" + std::to_string(options.number) + "` is not in a tree of " +
                         grouped(*size) + " entries: give a larger --size, or sign first");
  }
  const Result<std::vector<Digest>> path = options.consistency
                                               ? ledger.consistency_proof(options.number, *size)
                                               : ledger.inclusion_proof(options.number, *size);
  if (!path) return fail_with(run, path.error());
  const char* kind = options.consistency ? "consistency" : "inclusion";
  const char* number = options.consistency ? "old_size" : "index";
  if (options.json) {
    nlohmann::ordered_json hashes = nlohmann::ordered_json::array();
    for (const Digest& hash : *path) hashes.push_back(to_hex(hash));
    print_json(run, {{"origin", ledger.origin()},
                     {"proof", kind},
                     {number, options.number},
                     {"size", *size},
                     {"hashes", hashes}});
  } else {
    run.out << kind << " proof by RFC 6962, " << number << " " << options.number << ", size "
            << *size << ", " << path->size() << (path->size() == 1 ? " hash" : " hashes") << '\n';
    for (const Digest& hash : *path) run.out << to_hex(hash) << '\n';
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_ledger_proof(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "proof", "proves that an entry is in the ledger, or that the ledger only grew",
      "Prints the hashes of an RFC 6962 inclusion proof of entry N, lowest first; with\n"
      "--consistency those of a proof that the tree of N entries is a prefix. The tree is the "
      "last\n"
      "signed one, unless --size names another.",
      "  tidewaiter ledger proof 17\n"
      "  tidewaiter ledger proof --consistency 100 --size 250 --json");
  auto options = std::make_shared<ProofOptions>();
  verb->add_option("n", options->number, "An entry's index; with --consistency the older size")
      ->type_name("N")
      ->required()
      ->check(CLI::NonNegativeNumber);
  verb->add_flag("--consistency", options->consistency, "Prove growth instead of inclusion");
  verb->add_option("--size", options->size, "Size of the tree to prove against")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return prove(run, *options); };
  });
}

}  // namespace tidewaiter
