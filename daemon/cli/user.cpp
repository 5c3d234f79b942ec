#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/app/user_changes.h"
#include "daemon/app/user_table.h"
#include "daemon/cli/text_table.h"
#include "daemon/cli/user_verbs.h"
#include "daemon/cli/verbs.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

constexpr std::size_t kDayDigits = 10;  // "2026-10-05"

/// A person, and how they say who they are.
struct ListedUser {
  Person person;
  bool password = false;
  std::optional<PasswordTries> tries;  ///< nothing where the files cannot be read
  std::optional<PasswordSetting> set;  ///< of the password, where the ledger has it
  /// Whether somebody else has set the password that there is.
  [[nodiscard]] bool set_by_another() const { return password && set && set->by != person.handle; }
};

Result<std::vector<ListedUser>> listed_users(const Stores& stores, UtcTime now) {
  const Result<std::vector<Person>> everybody = people(stores.paths.folder);
  if (!everybody) return tl::unexpected(everybody.error());
  const auto settings = password_settings(*stores.ledger);
  if (!settings) return tl::unexpected(settings.error());
  std::vector<ListedUser> all;
  for (const Person& person : *everybody) {
    const Result<bool> has = has_password(stores.paths.people, person.handle);
    if (!has) return tl::unexpected(has.error());
    // One that cannot be read is told of that person, and keeps nobody else out of the list.
    const auto tries = most_password_tries(stores.paths.people, person.handle, now);
    const auto set = settings->find(person.handle);
    all.push_back({person, *has, tries ? std::optional(*tries) : std::nullopt,
                   set == settings->end() ? std::nullopt : std::optional(set->second)});
  }
  return all;
}

/// Who sets a password knows it, until the person sets another.
std::string password_words(const ListedUser& user) {
  if (!user.password) return "no";
  if (!user.set_by_another()) return "yes";
  return "set by " + (user.set->by.empty() ? "nobody who was asked" : user.set->by) + " on " +
         format_time(user.set->at).substr(0, kDayDigits) + ", not changed since";
}

std::string unix_user_words(uid_t user) {
  const std::string name = unix_user_name(user);
  return name.empty() ? std::to_string(user) : printable(name);
}

/// How many are admins with a password.
std::int64_t admins_with_password(const std::vector<ListedUser>& users) {
  return std::ranges::count_if(users, [](const ListedUser& user) {
    return user.person.role == "admin" && !user.person.retired && user.password;
  });
}

TextTable::Cell standing_of_user(const ListedUser& user, bool shows_tries) {
  if (user.person.retired) {
    return {"disabled since " + format_time(*user.person.retired).substr(0, kDayDigits),
            Tone::kFaint};
  }
  if (!shows_tries) return {""};
  if (!user.tries) return {"the count of tries cannot be read: set the password anew", Tone::kBad};
  const PasswordTries& tries = *user.tries;
  const std::string by = tries.wrong > 0 ? " (Unix user " + unix_user_words(tries.user) + ")" : "";
  if (tries.locked()) return {"locked until the password is set anew" + by, Tone::kBad};
  if (tries.until) return {"waits until " + format_time(*tries.until) + by, Tone::kWarning};
  if (tries.wrong == 0) return {""};
  return {counted(tries.wrong, "wrong password") + " since the last right one" + by,
          Tone::kWarning};
}

void print_users(Invocation& run, const std::vector<ListedUser>& users, bool shows_tries) {
  TextTable table({{"handle"}, {"name", false, true}, {"role"}, {"enrolled"}, {"password"}, {""}});
  for (const ListedUser& user : users) {
    table.add_row({{user.person.handle},
                   {user.person.name},
                   {user.person.role},
                   {format_time(user.person.enrolled).substr(0, kDayDigits)},
                   {password_words(user)},
                   standing_of_user(user, shows_tries)});
  }
  if (!users.empty()) run.out << table.render(run.terminal);
  const bool any = std::ranges::any_of(users, &ListedUser::password);
  run.out << counted(static_cast<std::int64_t>(users.size()), "person", "people") << "; "
          << (any ? "who acts needs a password, a key of their own, or the Unix user of the name\n"
                  : "nobody has a password: whoever may read the state folder may act\n");
  if (any && admins_with_password(users) < 2) {
    run.out << painted(
        "fewer than two admins have a password: who forgets the only one is helped by "
        "whoever owns the state's files\n",
        Tone::kWarning, run.terminal);
  }
}

void print_users_json(Invocation& run, const std::vector<ListedUser>& users, bool shows_tries) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ListedUser& user : users) {
    nlohmann::ordered_json one = {{"handle", user.person.handle},
                                  {"name", user.person.name},
                                  {"role", user.person.role},
                                  {"verifier_key", user.person.verifier_key},
                                  {"enrolled", format_time(user.person.enrolled)},
                                  {"disabled", nullptr},
                                  {"password", user.password},
                                  {"wrong_passwords", nullptr},
                                  {"waits_until", nullptr},
                                  {"locked", nullptr},
                                  {"password_set", nullptr}};
    if (user.password && user.set) {
      one["password_set"] = {{"by", user.set->by}, {"at", format_time(user.set->at)}};
    }
    if (user.person.retired) one["disabled"] = format_time(*user.person.retired);
    if (shows_tries && user.tries) {
      one["wrong_passwords"] = user.tries->wrong;
      one["locked"] = user.tries->locked();
      if (user.tries->until) one["waits_until"] = format_time(*user.tries->until);
    }
    list.push_back(one);
  }
  print_json(run, {{"users", list}});
}

int list_users(Invocation& run, bool json) {
  int status = 0;
  const std::unique_ptr<Stores> stores = open_stores(run, status, Shows::kNothingPersonal);
  if (stores == nullptr) return status;
  const auto users = listed_users(*stores, run.now());
  if (!users) return fail_with(run, users.error());
  const Result<bool> tries = reads_as_admin(run, *stores);
  if (!tries) return fail_with(run, tries.error());
  if (json) {
    print_users_json(run, *users, *tries);
  } else {
    print_users(run, *users, *tries);
  }
  return code(ExitStatus::kOk);
}

}  // namespace

Result<Person> enrolled_person(const Stores& stores, const std::string& handle) {
  const Result<std::vector<Person>> everybody = people(stores.paths.folder);
  if (!everybody) return tl::unexpected(everybody.error());
  std::vector<std::string_view> handles;
  for (const Person& person : *everybody) {
    if (person.handle == handle) return person;
    handles.push_back(person.handle);
  }
  const std::optional<std::string> near = did_you_mean(handle, handles);
  return fail(ErrorCode::kNotFound, "nobody is enrolled as `" + handle + "`" +
                                        (near ? ": did you mean `" + *near + "`?"
                                              : ": `tidewaiter user list` has everybody"));
}

void add_user_list(CLI::App& user, Selection& selection) {
  CLI::App* verb = add_verb(
      user, "list", "lists who is enrolled",
      "Prints one row a person: handle, name, role, since when, whether there is a password and\n"
      "who else has set it, and since when the person is disabled; to an admin, with --as,\n"
      "also wrong passwords since the last right one, and a wait or a lock after too many.",
      "  tidewaiter user list\n"
      "  tidewaiter user list --as root-admin");
  auto json = std::make_shared<bool>(false);
  add_json_flag(*verb, *json);
  verb->callback([json, &selection] {
    selection.command = [json](Invocation& run) { return list_users(run, *json); };
  });
}

void add_user(CLI::App& app, Selection& selection) {
  CLI::App* verb = add_verb(app, "user", "who may act: lists, enrols, disables, sets passwords",
                            "docs/cases.md#who-somebody-is has the rules.", "");
  verb->require_subcommand(1);
  add_user_list(*verb, selection);
  add_user_add(*verb, selection);
  add_user_password(*verb, selection);
  add_user_disable(*verb, selection);
}

}  // namespace tidewaiter
