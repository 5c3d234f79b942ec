#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/verbs.h"
#include "daemon/enrich/address_facts.h"
#include "daemon/enrich/mmdb_file.h"
#include "daemon/enrich/network_list.h"
#include "policies/model/input_text.h"
#include "policies/model/ip_text.h"

namespace tidewaiter {
namespace {

struct IpOptions {
  std::vector<std::string> addresses;
  std::vector<std::string> databases;
  std::vector<std::string> lists;
  bool raw = false;
  bool json = false;
};

struct NamedDatabase {
  std::string name;  ///< as the command line has it
  MmdbFile file;
};

struct NamedList {
  std::string name;
  NetworkList list;
};

/// What is asked about addresses.
struct Intelligence {
  std::vector<NamedDatabase> databases;
  std::vector<NamedList> lists;
};

struct DatabaseSays {
  const NamedDatabase* database = nullptr;
  std::optional<MmdbAnswer> answer;
};

/// What each database and list says of an address.
struct AddressReport {
  std::string address;  ///< in its canonical form
  std::vector<DatabaseSays> databases;
  std::vector<std::pair<const NamedList*, IpNetwork>> lists;  ///< that have it

  [[nodiscard]] bool is_known() const {
    return !lists.empty() || std::ranges::any_of(databases, [](const DatabaseSays& one) {
      return one.answer.has_value();
    });
  }
};

void warn_of_bad_lines(Invocation& run, const NamedList& named) {
  if (named.list.bad_lines() == 0) return;
  run.err << painted("warning", Tone::kWarning, run.terminal) << ": "
          << counted(named.list.bad_lines(), "line") << " of " << printable(named.name)
          << " name no network and were left out\n";
  constexpr std::size_t kShown = 3;
  for (const BadNetworkLine& bad : named.list.first_bad()) {
    if (&bad - named.list.first_bad().data() == kShown) break;
    run.err << "  " << printable(named.name) << ':' << bad.line << ": " << printable(bad.reason)
            << '\n';
  }
}

/// A list of which no line is read is a file of another form: it would know no address.
Result<void> check_form(const NamedList& named) {
  if (named.list.size() > 0 || named.list.bad_lines() == 0) return {};
  const BadNetworkLine& first = named.list.first_bad().front();
  return fail(ErrorCode::kInvalidInput,
              "no line of " + in_backticks(named.name) +
                  " is read: a list has one address or network a line, such as 192.0.2.7 or "
                  "2001:db8::/32, or the lines of Tor's exit list; line " +
                  std::to_string(first.line) + ": " + first.reason);
}

Result<Intelligence> open_all(Invocation& run, const IpOptions& options) {
  const std::filesystem::path& folder = run.environment.working_folder;
  Intelligence all;
  for (const std::string& name : options.databases) {
    Result<MmdbFile> file = MmdbFile::open(folder / name);
    if (!file) return tl::unexpected(file.error());
    all.databases.push_back({name, std::move(*file)});
  }
  for (const std::string& name : options.lists) {
    Result<NetworkList> list = NetworkList::open(folder / name);
    if (!list) return tl::unexpected(list.error());
    all.lists.push_back({name, std::move(*list)});
    if (auto fits = check_form(all.lists.back()); !fits) return tl::unexpected(fits.error());
    warn_of_bad_lines(run, all.lists.back());
  }
  return all;
}

Result<AddressReport> report_on(const Intelligence& all, const std::string& word) {
  const Result<std::string> text = canonical_ip(word);
  if (!text) return tl::unexpected(text.error());
  const IpAddress address = parse_ip(*text).value();
  AddressReport report{*text, {}, {}};
  for (const NamedDatabase& database : all.databases) {
    Result<std::optional<MmdbAnswer>> answer = database.file.find(address);
    if (!answer) return tl::unexpected(answer.error());
    report.databases.push_back({&database, std::move(*answer)});
  }
  for (const NamedList& named : all.lists) {
    if (const auto network = named.list.find(address)) report.lists.emplace_back(&named, *network);
  }
  return report;
}

/// "country GB, registered in GB; AS1221 Telstra Pty Ltd; vpn"
std::string facts_text(const AddressFacts& facts) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (facts.country) add("country " + printable(*facts.country));
  if (facts.registered) add("registered in " + printable(*facts.registered));
  if (facts.asn) {
    add("AS" + std::to_string(*facts.asn) +
        (facts.organization ? " " + printable(*facts.organization) : ""));
  }
  for (const std::string& anonymizer : facts.anonymizers) add(anonymizer);
  return text.empty() ? "a record without country, network or anonymizer: `--raw` shows it" : text;
}

/// Texts of a database need not be UTF-8: their bytes become U+FFFD, as in print_json().
std::string record_text(const nlohmann::json& record) {
  return record.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void print_text(Invocation& run, const AddressReport& report, bool raw) {
  const auto line = [&run](const std::string& text) {
    run.out << "  " << wrapped(text, run.terminal.width, 4, 2) << '\n';
  };
  run.out << painted(report.address, Tone::kStrong, run.terminal) << '\n';
  for (const auto& [database, answer] : report.databases) {
    const MmdbIdentity& identity = database->file.identity();
    const std::string head =
        printable(identity.type) + " of " + format_time(identity.built).substr(0, 10) + ": ";
    if (!answer) {
      line(head + "nothing");
      continue;
    }
    line(head + facts_text(address_facts(*answer->record)) + " (" + network_text(answer->network) +
         ")");
    if (raw) line(printable(record_text(*answer->record)));
  }
  for (const auto& [named, network] : report.lists) {
    line(printable(named->name) + ": listed, by " + network_text(network));
  }
  if (!report.is_known()) line("nothing is known of it here, which says nothing good or bad");
}

nlohmann::ordered_json or_null(const auto& value) {
  if (value) return *value;
  return nullptr;
}

nlohmann::ordered_json database_json(const DatabaseSays& says) {
  const MmdbIdentity& identity = says.database->file.identity();
  nlohmann::ordered_json one = {{"database", says.database->name},
                                {"type", identity.type},
                                {"built", format_time(identity.built)},
                                {"known", says.answer.has_value()}};
  if (!says.answer) return one;
  const AddressFacts facts = address_facts(*says.answer->record);
  one["network"] = network_text(says.answer->network);
  one["country"] = or_null(facts.country);
  one["registered_country"] = or_null(facts.registered);
  one["asn"] = or_null(facts.asn);
  one["organization"] = or_null(facts.organization);
  one["anonymizers"] = facts.anonymizers;
  one["record"] = *says.answer->record;
  return one;
}

nlohmann::ordered_json address_json(const AddressReport& report) {
  auto databases = nlohmann::ordered_json::array();
  for (const DatabaseSays& says : report.databases) databases.push_back(database_json(says));
  auto lists = nlohmann::ordered_json::array();
  for (const auto& [named, network] : report.lists) {
    lists.push_back({{"list", named->name}, {"network", network_text(network)}});
  }
  return {{"address", report.address},
          {"known", report.is_known()},
          {"databases", databases},
          {"lists", lists}};
}

int look_up(Invocation& run, const IpOptions& options) {
  if (options.databases.empty() && options.lists.empty()) {
    return fail_with(run, ExitStatus::kUsage,
                     "name at least one database (--database FILE.mmdb) or list (--list FILE): "
                     "nothing is known of addresses without them");
  }
  const Result<Intelligence> all = open_all(run, options);
  if (!all) return fail_with(run, all.error());
  auto document = nlohmann::ordered_json::array();
  for (const std::string& word : options.addresses) {
    const Result<AddressReport> report = report_on(*all, word);
    if (!report) return fail_with(run, report.error());
    if (options.json) {
      document.push_back(address_json(*report));
    } else {
      print_text(run, *report, options.raw);
    }
  }
  if (options.json) print_json(run, {{"addresses", document}});
  return code(ExitStatus::kOk);
}

}  // namespace

void add_ip(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(
      app, "ip", "says what databases and lists know of an address",
      "Prints what each database and list says of an address, with the day on which a\n"
      "database was built and the network that the answer is about. Databases are in MaxMind's\n"
      "format (country, autonomous system, anonymiser); lists are texts of one address or network\n"
      "a line, such as those of VPNs, data centres or Tor exits, whose list may also be in Tor's\n"
      "own form (ExitAddress 192.0.2.7 2026-11-20 ...). That nothing is known says nothing good\n"
      "or bad.",
      "  tidewaiter ip 198.51.100.7 --database GeoLite2-Country.mmdb --database GeoLite2-ASN.mmdb\n"
      "  tidewaiter ip 198.51.100.7 2001:db8::1 --list tor-exit-nodes.lst --list vpn.txt --json");
  auto options = std::make_shared<IpOptions>();
  verb->add_option("address", options->addresses, "IPv4 or IPv6 addresses")
      ->type_name("ADDRESS")
      ->required();
  verb->add_option("--database", options->databases,
                   "A database in MaxMind's format; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  verb->add_option("--list", options->lists,
                   "A text of one address or network a line, or Tor's exit list; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  verb->add_flag("--raw", options->raw, "Print the whole record of each database too");
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return look_up(run, *options); };
  });
}

}  // namespace tidewaiter
