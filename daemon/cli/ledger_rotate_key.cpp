#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/exhibits.h"
#include "daemon/app/state.h"
#include "daemon/cli/stores.h"
#include "daemon/cli/verbs.h"
#include "storage/evidence/vault.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

struct RotateOptions {
  std::string from;
  std::string to;
  bool plain = false;
  bool json = false;
};

/// From which key to which; without one the keys lie, or are to lie, plain.
struct Rotation {
  fs::path from;
  std::optional<std::string> from_id;
  std::optional<WrappingKey> to;
};

fs::path named(const Invocation& run, const std::string& file, const fs::path& configured) {
  return file.empty() ? configured : run.environment.working_folder / file;
}

/// A vault that is not wrapped needs no key to be read, whatever is named.
Result<Rotation> rotation(const Invocation& run, const RotateOptions& options,
                          const LedgerPaths& paths) {
  Result<std::optional<std::string>> wrapped =
      Vault::wrapped_by(paths.vault, SqliteAccess::kReadWrite);
  if (!wrapped) return tl::unexpected(wrapped.error());
  Rotation way;
  way.from_id = std::move(*wrapped);
  if (way.from_id) way.from = named(run, options.from, paths.vault_key);
  if (options.plain && !way.from_id) {
    return fail(ErrorCode::kRefused, "the vault's keys lie plain already");
  }
  if (options.plain) return way;
  const fs::path file = named(run, options.to, paths.vault_key);
  if (file.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "no key is named to wrap by: set `ledger.vault_key` in the configuration, or give "
                "`--to FILE`; `--plain` lays the keys plain");
  }
  Result<WrappingKey> to = WrappingKey::read(file);
  if (!to) return tl::unexpected(to.error());
  if (way.from_id == to->id()) {
    return fail(ErrorCode::kRefused, "the vault is wrapped by key " + to->id() + " already");
  }
  way.to = std::move(*to);
  return way;
}

nlohmann::ordered_json id_or_null(const std::optional<std::string>& id) {
  if (id) return *id;
  return nullptr;
}

/// What was done, as the ledger's entry and `--json` have it.
Result<nlohmann::ordered_json> rewrap(const LedgerPaths& paths, Rotation way) {
  Result<Vault> vault = Vault::open(paths.vault, way.from);
  if (!vault) return tl::unexpected(vault.error());
  std::optional<std::string> to;
  if (way.to) to = way.to->id();
  const Result<std::int64_t> count = vault->rewrap(std::move(way.to));
  if (!count) return tl::unexpected(count.error());
  return nlohmann::ordered_json{{"key", "vault"},
                                {"from", id_or_null(way.from_id)},
                                {"to", id_or_null(to)},
                                {"keys", *count}};
}

/// The ledger that is to tell of it, opened before anything is done. An event needs no subject's
/// key, so that the vault may be rewrapped meanwhile.
Result<std::unique_ptr<Ledger>> open_witness(const LedgerPaths& paths, const Rotation& way) {
  LedgerPaths as_it_is = paths;
  as_it_is.vault_key = way.from;
  return Ledger::open(as_it_is, Ledger::Mode::kReadWrite);
}

/// The entry comes after the deed: one without it would be untrue.
Result<void> record(Ledger& ledger, const nlohmann::ordered_json& done, UtcTime now) {
  LedgerCommit commit;
  commit.events.push_back({"key.rotated", done.dump()});
  if (auto committed = ledger.commit(commit, now); !committed) {
    return tl::unexpected(committed.error());
  }
  const Result<Checkpoint> head = ledger.sign(now);
  if (!head) return tl::unexpected(head.error());
  return {};
}

void print_text(Invocation& run, const nlohmann::ordered_json& done) {
  run.out << counted(done["keys"].get<std::int64_t>(), "subject's key", "subjects' keys");
  if (done["to"].is_null()) {
    run.out << " lie plain in the vault: take `ledger.vault_key` out of the configuration\n";
  } else {
    run.out << " are wrapped by key " << done["to"].get<std::string>()
            << ": `ledger.vault_key` must name its file\n";
  }
  if (!done["from"].is_null()) {
    run.out << "Destroy key " << done["from"].get<std::string>()
            << " when no backup of the vault needs it any more.\n";
  }
}

int rotate(Invocation& run, const RotateOptions& options) {
  int status = 0;
  const std::optional<Config> config = config_with_ledger(run, status);
  if (!config) return status;
  const StatePaths paths = state_paths(*config);
  const Result<StateLock> lock = StateLock::take(paths.process_lock);
  if (!lock) return fail_with(run, lock.error());
  // Who attaches an exhibit has the vault open, and would wrap its key by the former one.
  const Result<FolderLock> alone = exhibits_of(paths.folder, paths.ledger).lock_to_choose();
  if (!alone) return fail_with(run, alone.error());
  Result<Rotation> way = rotation(run, options, paths.ledger);
  if (!way) return fail_with(run, way.error());
  const auto ledger = open_witness(paths.ledger, *way);
  if (!ledger) return fail_with(run, ledger.error());
  const Result<nlohmann::ordered_json> done = rewrap(paths.ledger, std::move(*way));
  if (!done) return fail_with(run, done.error());
  if (auto told = record(**ledger, *done, run.now()); !told) {
    Error error = told.error();
    error.message =
        "the vault is wrapped anew, and the ledger has no entry of it: " + error.message;
    return fail_with(run, error);
  }
  if (options.json) {
    print_json(run, *done);
  } else {
    print_text(run, *done);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_ledger_rotate_key(CLI::App& ledger, Selection& selection) {
  CLI::App* verb = add_verb(
      ledger, "rotate-key", "wraps the keys of subjects by another key",
      "The vault's keys are wrapped by the key that `ledger.vault_key` of the configuration "
      "names,\n"
      "or FILE of --to: 64 hexadecimal digits, kept apart from vault and backups. All or none are\n"
      "wrapped anew, and the ledger gets its entry. The daemon must be stopped. To rotate, name\n"
      "the new key in the configuration and give the old one by --from. Prints how many keys are\n"
      "wrapped by which key.",
      "  (umask 077; openssl rand -hex 32 > /etc/tidewaiter/vault.key)\n"
      "  tidewaiter ledger rotate-key\n"
      "  tidewaiter ledger rotate-key --from /root/vault-2025.key");
  auto options = std::make_shared<RotateOptions>();
  verb->add_option("--from", options->from, "The key that wraps now, if not the configured one")
      ->type_name("FILE");
  CLI::Option* to =
      verb->add_option("--to", options->to, "The key to wrap by, if not the configured one")
          ->type_name("FILE");
  verb->add_flag("--plain", options->plain, "Wrap by none: the vault alone is enough then")
      ->excludes(to);
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return rotate(run, *options); };
  });
}

}  // namespace tidewaiter
