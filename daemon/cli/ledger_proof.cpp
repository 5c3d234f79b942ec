#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/stores.h"
#include "daemon/cli/tlog_proof.h"
#include "daemon/cli/verbs.h"
#include "daemon/cli/witnessed.h"
#include "storage/files/durable_file.h"
#include "storage/ledger/merkle.h"

namespace tidewaiter {
namespace {

constexpr mode_t kAnyoneReads = 0644;  // as the files of an export: nothing personal is in entries

struct ProofOptions {
  std::int64_t number = 0;  ///< an entry's index, or the older size
  std::int64_t size = -1;   ///< the newer size; -1: the last signed one
  bool consistency = false;
  std::optional<std::string> entry;  ///< --entry: where the entry's bytes go
  bool json = false;
};

nlohmann::ordered_json hash_list(const std::vector<Digest>& path) {
  nlohmann::ordered_json hashes = nlohmann::ordered_json::array();
  for (const Digest& hash : path) hashes.push_back(to_hex(hash));
  return hashes;
}

/// The signed head, if it covers entry `index`.
Result<Checkpoint> covering_head(const Ledger& ledger, std::int64_t index) {
  Result<std::optional<Checkpoint>> checkpoint = ledger.signed_head();
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  const Result<TreeHead> head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  if (index >= head->size) {
    return fail(ErrorCode::kNotFound,
                "there is no entry " + std::to_string(index) + ": the ledger has " +
                    counted(head->size, "entry", "entries") + ", numbered from 0");
  }
  const std::int64_t covered = *checkpoint ? (*checkpoint)->head.size : 0;
  if (index >= covered) {
    return fail(ErrorCode::kNotFound,
                "entry " + std::to_string(index) + " is not signed yet, the signed head covers " +
                    counted(covered, "entry", "entries") +
                    ": sign with `tidewaiter run --once`, or let tidewaiterd do it");
  }
  return std::move(**checkpoint);
}

int prove_inclusion(Invocation& run, const Stores& stores, const ProofOptions& options) {
  const Ledger& ledger = *stores.ledger;
  Result<Checkpoint> signed_head = covering_head(ledger, options.number);
  if (!signed_head) return fail_with(run, signed_head.error());
  auto witnessed = read_witnessed(run, stores);
  if (!witnessed) return fail_with(run, witnessed.error());
  // Whoever asks for witnesses believes no newer head.
  if (*witnessed && (*witnessed)->head.head.size > options.number) {
    signed_head = std::move((*witnessed)->head);
  }
  const auto path = ledger.inclusion_proof(options.number, signed_head->head.size);
  if (!path) return fail_with(run, path.error());
  const Result<std::string> entry = ledger.entry(options.number);
  if (!entry) return fail_with(run, entry.error());
  if (options.entry) {
    const std::filesystem::path file = run.environment.working_folder / *options.entry;
    if (const auto placed = place_file(file, kAnyoneReads, *entry); !placed) {
      return fail_with(run, placed.error());
    }
  }
  const std::string proof = format_tlog_proof(options.number, *path, signed_head->note);
  if (options.json) {
    print_json(run, {{"origin", ledger.origin()},
                     {"proof", "inclusion"},
                     {"index", options.number},
                     {"size", signed_head->head.size},
                     {"root", to_hex(signed_head->head.root)},
                     {"leaf_hash", to_hex(leaf_hash(*entry))},
                     {"hashes", hash_list(*path)},
                     {"tlog_proof", proof}});
  } else {
    run.out << proof;
  }
  return code(ExitStatus::kOk);
}

/// The size of the newer tree: as asked for, else the last signed one, else the head's.
Result<std::int64_t> newer_size(const Ledger& ledger, std::int64_t wanted) {
  const Result<TreeHead> head = ledger.head();
  if (!head) return tl::unexpected(head.error());
  if (wanted > head->size) {
    return fail(ErrorCode::kNotFound, "the ledger has " + counted(head->size, "entry", "entries") +
                                          ": `--size " + std::to_string(wanted) + "` is beyond it");
  }
  if (wanted >= 0) return wanted;
  const Result<std::optional<Checkpoint>> checkpoint = ledger.signed_head();
  if (!checkpoint) return tl::unexpected(checkpoint.error());
  return *checkpoint ? (*checkpoint)->head.size : head->size;
}

int prove_consistency(Invocation& run, const Ledger& ledger, const ProofOptions& options) {
  const Result<std::int64_t> size = newer_size(ledger, options.size);
  if (!size) return fail_with(run, size.error());
  if (options.number > *size) {
    return fail_with(run, ExitStatus::kUsage,
                     "`" + std::to_string(options.number) + "` is more than the tree of " +
                         counted(*size, "entry", "entries") +
                         " has: give a larger --size, or sign first");
  }
  const auto path = ledger.consistency_proof(options.number, *size);
  if (!path) return fail_with(run, path.error());
  if (options.json) {
    print_json(run, {{"origin", ledger.origin()},
                     {"proof", "consistency"},
                     {"old_size", options.number},
                     {"size", *size},
                     {"hashes", hash_list(*path)}});
    return code(ExitStatus::kOk);
  }
  run.out << "consistency proof by RFC 6962, old_size " << options.number << ", size " << *size
          << ", " << counted(static_cast<std::int64_t>(path->size()), "hash", "hashes") << '\n';
  for (const Digest& hash : *path) run.out << to_hex(hash) << '\n';
  return code(ExitStatus::kOk);
}

int prove(Invocation& run, const ProofOptions& options) {
  if (options.size >= 0 && !options.consistency) {
    return fail_with(run, ExitStatus::kUsage,
                     "--size belongs to --consistency: an entry is proven against the signed head");
  }
  if (options.entry && options.consistency) {
    return fail_with(run, ExitStatus::kUsage,
                     "--entry belongs to a proof of one entry: --consistency is about all of them");
  }
  if (options.entry && options.entry->empty()) {
    return fail_with(run, ExitStatus::kUsage, "--entry: expected a file to write, got nothing");
  }
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  return options.consistency ? prove_consistency(run, *stores->ledger, options)
                             : prove_inclusion(run, *stores, options);
}

}  // namespace

void add_ledger_proof(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "proof", "proves that an entry is in the ledger, or that the ledger only grew",
      "Prints a transparency log proof of entry N (c2sp.org/tlog-proof@v1): the path\n"
      "from the entry to the signed head, and that head; with witnesses configured, to\n"
      "the last head that they have cosigned, if it covers the entry. Whoever has the\n"
      "verifier key and the entry's bytes, which --entry writes, checks it with\n"
      "tidewaiter-verify or any program of their own. With --consistency prints the\n"
      "hashes of an RFC 6962 proof that the tree of N entries is a prefix of the last\n"
      "signed one, or of the one that --size names.",
      "  tidewaiter ledger proof 17 --entry entry-17.json > entry-17.tlog-proof\n"
      "  tidewaiter-verify entry-17.tlog-proof --entry entry-17.json --key ledger.vkey\n"
      "  tidewaiter ledger proof --consistency 100 --size 250 --json");
  auto options = std::make_shared<ProofOptions>();
  add_number(*verb, "n", options->number, 0, "An entry's index; with --consistency the older size")
      ->required();
  verb->add_flag("--consistency", options->consistency, "Prove growth instead of inclusion");
  verb->add_option_function<std::string>(
          "--entry", [options](const std::string& given) { options->entry = given; },
          "Write the entry's bytes to FILE")
      ->type_name("FILE");
  add_number(*verb, "--size", options->size, 0, "With --consistency: the newer size");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return prove(run, *options); };
  });
}

}  // namespace tidewaiter
