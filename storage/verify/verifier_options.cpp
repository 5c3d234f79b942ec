#include "storage/verify/verifier_options.h"

#include <CLI/CLI.hpp>

namespace tidewaiter {
namespace {

constexpr const char* kFooter =
    "Prints a verdict, and each thing that does not hold. It needs no network and changes no "
    "file.\n"
    "\n"
    "Examples:\n"
    "  tidewaiter-verify /var/lib/tidewaiter --key ledger.vkey --lock /srv/lock/lock.db\n"
    "  tidewaiter-verify ledger.db --json --key 'tidewaiter.example.org/ledger+1f2e3d4c+AQ…'\n"
    "  tidewaiter-verify /srv/www/ledger --key ledger.vkey    (as `tidewaiter ledger export` wrote "
    "it)\n"
    "  tidewaiter-verify /srv/www/ledger --key ledger.vkey --tsa-ca tsa.pem\n"
    "  tidewaiter-verify r-4f8e12ab09cd --key ledger.vkey    (a report's bundle)\n"
    "  tidewaiter-verify entry-3.tlog-proof --entry entry-3.json --key ledger.vkey\n"
    "  tidewaiter-verify entry-3.tlog-proof --entry entry-3.json --policy trust.policy\n"
    "\n"
    "Exit status: 0, or that of the worst failure:\n"
    "  0   everything holds, or all but entries at the end that are not signed yet\n"
    "  2   the command line\n"
    "  5   the verdict could not be written\n"
    "  9   nothing was checked: PATH is not there, or is no ledger\n"
    "  10  unreadable: not a ledger database, or damaged as a SQLite file\n"
    "  11  schema: tables, triggers or stored settings differ from the format's\n"
    "  12  entry: an entry's bytes, form or index\n"
    "  13  tree: a stored tree node\n"
    "  14  head: a stored head or checkpoint\n"
    "  15  signature: a checkpoint's signature\n"
    "  16  lock: the lock store contradicts the database, or is not there\n"
    "  17  projection: findings, steps or disclosures differ from what the entries say\n"
    "  18  unsigned: with --all-signed, entries at the end that no checkpoint covers\n"
    "  19  quorum: all holds, but for the cosignatures that --policy asks for\n"
    "  20  timestamp: a time-stamp token does not hold, or with --tsa-ca there is none\n"
    "  21  bundle: a file of a report was changed, is missing or was added, or no entry issued it\n"
    "  70  a defect of this program\n";

}  // namespace

void describe_verifier(CLI::App& app, VerifierOptions& options) {
  app.name("tidewaiter-verify");
  app.description(
      "checks a Tidewaiter ledger, a report drawn from it, or a proof of one of its entries, "
      "without "
      "network and without changing it");
  app.footer(kFooter);
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.set_version_flag("--version", "tidewaiter-verify " TIDEWAITER_VERSION,
                       "Print the version and exit");
  app.add_option(
         "PATH", options.path,
         "ledger.db, the folder that holds it, a folder of tiles or of a report, or a proof of one "
         "entry")
      ->type_name("PATH")
      ->required();
  app.add_option("--key", options.key,
                 "The log's verifier key (C2SP vkey), or a file with it; get it from elsewhere "
                 "than the ledger")
      ->type_name("VKEY");
  app.add_option("--lock", options.lock,
                 "The lock store, lock.db, to notice an older copy of the ledger")
      ->type_name("FILE");
  app.add_option("--entry", options.entry,
                 "The bytes of the entry that a proof is about, as `tidewaiter ledger proof "
                 "--entry` writes them")
      ->type_name("FILE");
  app.add_option("--policy", options.policy,
                 "A trust policy (C2SP tlog-policy): the keys of logs, and the witnesses whose "
                 "cosignatures make a checkpoint valid; in the place of --key")
      ->type_name("FILE");
  app.add_option("--witnessed", options.witnessed,
                 "With --policy and a ledger.db: the last cosigned checkpoint, which a database "
                 "does not hold")
      ->type_name("FILE");
  app.add_option("--tsa-ca", options.tsa_ca,
                 "Certificates (PEM) of the time-stamping authorities that you trust, to check "
                 "the ledger's timestamps; get them from elsewhere than the ledger")
      ->type_name("FILE");
  app.add_flag("--all-signed", options.all_signed,
               "Fail if entries at the end are not signed yet, which a ledger in use may have");
  app.add_flag("--json", options.json, "Print the verdict as one JSON object");
}

}  // namespace tidewaiter
