#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/people.h"
#include "daemon/app/state.h"
#include "daemon/app/state_ownership.h"
#include "daemon/app/user_table.h"
#include "daemon/cli/verbs.h"

namespace tidewaiter {
namespace {

struct InitOptions {
  std::optional<std::string> origin;
  std::vector<std::string> people;
  bool json = false;
};

/// Those of `wanted` who are not enrolled yet. Everything is checked before anybody is enrolled,
/// so that a corrected command line can be given again.
/// Errors: kInvalidInput; kRefused if a handle belongs to somebody else or has another role.
Result<std::vector<Person>> newcomers(const std::filesystem::path& state,
                                      const std::vector<std::string>& wanted, UtcTime now) {
  Result<std::vector<Person>> known = people(state);
  if (!known) return known;
  std::vector<Person> fresh;
  for (const std::string& text : wanted) {
    Result<Person> person = person_to_be(text, now);
    if (!person) return tl::unexpected(person.error());
    const auto same = std::ranges::find(*known, person->handle, &Person::handle);
    if (same == known->end()) {
      known->push_back(*person);
      fresh.push_back(std::move(*person));
    } else if (same->name != person->name || same->role != person->role) {
      return fail(ErrorCode::kRefused, "`" + same->handle + "` is enrolled already, as `" +
                                           same->name + "=" + same->role +
                                           "`: choose another name or handle, as in "
                                           "`Ada Byron <ada>=officer`");
    }
  }
  return fresh;
}

Result<std::vector<Person>> enrol_all(const std::filesystem::path& state,
                                      const std::vector<Person>& fresh) {
  for (const Person& person : fresh) {
    const Result<Person> enrolled = enrol(state, person);
    if (!enrolled) return tl::unexpected(enrolled.error());
  }
  return people(state);
}

void print_text(Invocation& run, const Config& config, const InitReport& made,
                const std::vector<Person>& everybody) {
  run.out << (made.made_ledger ? "made a new ledger in " : "nothing to make: a ledger is in ")
          << printable(config.state.string()) << '\n';
  run.out << "origin        " << printable(made.origin) << '\n';
  run.out << "verifier key  " << made.verifier_key << '\n';
  for (const Person& person : everybody) {
    run.out << "person        " << printable(person.name) << ", " << person.role << " ("
            << person.handle << ")\n";
  }
  run.out << "policies      " << to_text(policy_mode(everybody)) << ", "
          << grouped(std::ranges::count_if(everybody, publishes)) << " may sign\n";
  run.out << "\nKeep the verifier key outside this machine: whoever has it can check the ledger,\n"
             "and nobody can exchange the ledger's key unnoticed.\n"
             "Next: `tidewaiter config check`, then `tidewaiter run --once`.\n";
}

void print_document(Invocation& run, const Config& config, const InitReport& made,
                    const std::vector<Person>& everybody) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Person& person : everybody) {
    list.push_back({{"handle", person.handle},
                    {"name", person.name},
                    {"role", person.role},
                    {"verifier_key", person.verifier_key},
                    {"enrolled", format_time(person.enrolled)}});
  }
  print_json(run, {{"state", config.state.string()},
                   {"made_folder", made.made_folder},
                   {"made_ledger", made.made_ledger},
                   {"origin", made.origin},
                   {"verifier_key", made.verifier_key},
                   {"people", list},
                   {"policy_mode", to_text(policy_mode(everybody))}});
}

int init(Invocation& run, const InitOptions& options) {
  std::optional<Config> config = configuration(run);
  if (!config) return code(ExitStatus::kConfiguration);
  if (options.origin) {
    if (!is_origin(*options.origin)) {
      return fail_with(run, ExitStatus::kUsage,
                       "--origin cannot be `" + *options.origin +
                           "`: write a name in ASCII without blanks and `+`, as "
                           "`tidewaiter.example.org/ledger`");
    }
    config->ledger.origin = *options.origin;
    config->ledger.origin_given = true;
  }
  const std::filesystem::path state = state_paths(*config).folder;
  const auto fresh = newcomers(state, options.people, run.now());
  if (!fresh && fresh.error().code == ErrorCode::kInvalidInput) {
    return fail_with(run, ExitStatus::kUsage, to_text(fresh.error()));
  }
  if (!fresh) return fail_with(run, fresh.error());
  const Result<bool> used = uses_passwords(people_folder(state));
  if (!used) return fail_with(run, used.error());
  if (*used && !fresh->empty()) {
    return fail_with(run, ExitStatus::kRefused,
                     "this site uses passwords: `tidewaiter user add NAME=ROLE --as ADMIN` enrols");
  }
  const Result<InitReport> made = init_state(*config, run.now());
  if (!made) return fail_with(run, made.error());
  auto bound = check_people_origin(state, made->origin);
  if (!bound) return fail_with(run, bound.error());
  const Result<std::vector<Person>> everybody = enrol_all(state, *fresh);
  if (!everybody) return fail_with(run, everybody.error());
  if (!fresh->empty()) bound = bind_people(state, made->origin);
  if (!bound) return fail_with(run, bound.error());
  if (options.json) {
    print_document(run, *config, *made, *everybody);
  } else {
    print_text(run, *config, *made, *everybody);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

void add_init(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(
      app, "init", "makes the state folder, keys and an empty ledger, and enrols people",
      "Prints where the ledger is, its origin and verifier key, and who is enrolled. What is\n"
      "there already stays as it is; a person who is enrolled already with the same role is "
      "passed\n"
      "over. Refused while a daemon uses the state folder.",
      "  tidewaiter init --person \"Ada Byron=policy-writer\" --person \"Jo Ng=approver\"");
  auto options = std::make_shared<InitOptions>();
  verb->add_option_function<std::string>(
          "--origin", [options](const std::string& name) { options->origin = name; },
          "The log's name in checkpoints")
      ->type_name("NAME");
  verb->add_option("--person", options->people,
                   "Enrol somebody: viewer, officer, approver, policy-writer, liaison, auditor, "
                   "counsel or admin; NAME <HANDLE>=ROLE chooses the handle; may be repeated")
      ->type_name("NAME=ROLE")
      ->take_all();
  add_json_flag(*verb, options->json);
  verb->callback([options, &selection] {
    selection.command = [options](Invocation& run) { return init(run, *options); };
  });
}

}  // namespace tidewaiter
