#include "daemon/app/people.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <system_error>

#include "daemon/app/state.h"
#include "policies/language/strict_yaml.h"
#include "policies/model/ascii.h"
#include "policies/model/base64.h"
#include "policies/model/did_you_mean.h"
#include "policies/model/input_text.h"
#include "policies/model/trimmed.h"
#include "policies/screening/latin_words.h"
#include "storage/files/durable_file.h"
#include "storage/files/folder_lock.h"
#include "storage/ledger/signed_note.h"
#include "storage/review/policy_signers.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostHandle = 64;

bool is_handle_letter(char c) { return (c >= 'a' && c <= 'z') || is_digit(c); }

/// A text in lower case, with one '-' for each run of anything but ASCII letters and digits.
std::string ascii_handle(std::string_view text) {
  std::string handle;
  for (const char c : text) {
    const char lower = ascii_lower(c);
    if (is_handle_letter(lower)) {
      handle += lower;
    } else if (!handle.empty() && handle.back() != '-') {
      handle += '-';
    }
  }
  handle.resize(std::min(handle.size(), kMostHandle));
  while (!handle.empty() && handle.back() == '-') handle.pop_back();
  return handle;
}

/// Names of all scripts have a handle, by the Latin letters that screening reads them in.
std::string make_handle(std::string_view name) {
  if (is_ascii(name)) return ascii_handle(name);
  std::string latin;
  for (const LatinWord& word : latin_words(name)) {
    latin += latin.empty() ? "" : " ";
    // An apostrophe only keeps two letters apart that would be read as one.
    std::ranges::copy_if(word.letters, std::back_inserter(latin), [](char c) { return c != '\''; });
  }
  return ascii_handle(latin);
}

bool is_handle(std::string_view text) {
  return !text.empty() && text.size() <= kMostHandle && is_handle_letter(text.front()) &&
         std::ranges::all_of(text,
                             [](char c) { return is_handle_letter(c) || c == '-' || c == '_'; });
}

constexpr std::string_view kBlanks = " \t";

/// Who is to be enrolled: a name, and the handle where one was chosen.
struct NamedPerson {
  std::string name;
  std::optional<std::string> handle;
};

/// `NAME`, or `NAME <HANDLE>`.
NamedPerson split_handle(std::string_view text) {
  text = trimmed(text, kBlanks);
  const std::size_t open = text.rfind('<');
  if (open == std::string_view::npos || !text.ends_with('>')) return {std::string(text), {}};
  return {std::string(trimmed(text.substr(0, open), kBlanks)),
          std::string(text.substr(open + 1, text.size() - open - 2))};
}

Result<void> check_name(const NamedPerson& named) {
  if (named.name.empty() || std::ranges::any_of(named.name, is_control)) {
    return fail(ErrorCode::kInvalidInput,
                "a name is one line with something in it: " + in_backticks(named.name));
  }
  if (!named.handle || is_handle(*named.handle)) return {};
  return fail(ErrorCode::kInvalidInput,
              in_backticks(*named.handle) +
                  " is no handle: use up to 64 of a-z, 0-9, `-` and `_`, a letter or digit first");
}

/// A person's two keys in the text forms of C2SP signed-note (Ed25519, algorithm byte 0x01).
struct KeyTexts {
  std::string verifier;  ///< name+id+base64(0x01 || public key)
  std::string signer;    ///< PRIVATE+KEY+name+id+base64(0x01 || seed)
};

Result<KeyTexts> make_keys(const std::string& handle) {
  const Result<SigningKey> key = SigningKey::generate();
  if (!key) return tl::unexpected(key.error());
  KeyTexts keys;
  keys.verifier = format_verifier_key({handle, key->public_key()});
  std::string closed = "\x01";
  for (const std::byte byte : key->seed()) closed += static_cast<char>(byte);
  // Name and id; the base64 behind them may have a '+' of its own.
  const std::size_t id_end = keys.verifier.find('+', handle.size() + 1);
  keys.signer =
      "PRIVATE+KEY+" + keys.verifier.substr(0, id_end + 1) + to_base64(closed, Base64::kStandard);
  ::explicit_bzero(closed.data(), closed.size());
  return keys;
}

/// A single-quoted YAML text: only the quote itself is doubled.
std::string yaml_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

std::string person_file(const Person& person) {
  return "handle: " + yaml_quoted(person.handle) + "\nname: " + yaml_quoted(person.name) +
         "\nrole: " + person.role + "\nverifier_key: " + yaml_quoted(person.verifier_key) +
         "\nenrolled: " + yaml_quoted(format_time(person.enrolled)) + "\n";
}

Result<Person> read_person(const fs::path& file) {
  constexpr std::size_t kMostBytes = 65'536;
  const Result<std::string> text = read_whole_file(file, kMostBytes);
  if (!text) return tl::unexpected(text.error());
  static constexpr std::array<std::string_view, 6> kKeys = {"handle",       "name",     "role",
                                                            "verifier_key", "enrolled", "retired"};
  constexpr std::size_t kRequired = 5;
  const YamlText yaml(file.string(), *text);
  std::vector<Diagnostic> diagnostics;
  const std::vector<YamlNode> documents = yaml.parse(diagnostics);
  const auto broken = [&file](const std::string& what) {
    return fail(ErrorCode::kCorruption, "`" + file.string() + "` is not a person's file: " + what);
  };
  if (documents.size() != 1) return broken("one document is expected");
  check_keys(yaml, documents.front(), kKeys, diagnostics);
  if (has_errors(diagnostics)) return broken(diagnostics.front().message);
  std::array<std::string, kKeys.size()> values;
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    const YamlNode* node = documents.front().find(kKeys[i]);
    if (node == nullptr && i >= kRequired) continue;
    if (node == nullptr || node->kind != YamlNode::Kind::kScalar) {
      return broken("`" + std::string(kKeys[i]) + "` is missing");
    }
    values[i] = node->scalar;
  }
  const Result<UtcTime> enrolled = parse_time(values[4]);
  if (!enrolled) return broken("`enrolled` is not a time");
  Person person{values[0], values[1], values[2], values[3], *enrolled};
  if (documents.front().find("retired") != nullptr) {
    const Result<UtcTime> retired = parse_time(values[5]);
    if (!retired) return broken("`retired` is not a time");
    person.retired = *retired;
  }
  return person;
}

}  // namespace

const std::vector<std::string_view>& roles() {
  static const std::vector<std::string_view> all = {
      "viewer", "officer", "approver", "policy-writer", "liaison", "auditor", "counsel", "admin"};
  return all;
}

Result<Person> new_person(std::string_view name, std::string_view role, UtcTime now) {
  if (std::ranges::find(roles(), role) == roles().end()) {
    const std::optional<std::string> near = did_you_mean(role, roles());
    return fail(ErrorCode::kInvalidInput, "there is no role `" + std::string(role) + "`" +
                                              (near ? ": did you mean `" + *near + "`?" : ""));
  }
  const NamedPerson named = split_handle(name);
  if (auto checked = check_name(named); !checked) return tl::unexpected(checked.error());
  Person person{named.handle ? *named.handle : make_handle(named.name),
                named.name,
                std::string(role),
                {},
                now};
  if (!person.handle.empty()) return person;
  return fail(ErrorCode::kInvalidInput, "no handle can be made of " + in_backticks(named.name) +
                                            ": choose one, as in `Ada Byron <ada>=officer`");
}

Result<Person> person_to_be(std::string_view text, UtcTime now) {
  const std::size_t split = text.rfind('=');
  if (split == std::string_view::npos) {
    return fail(
        ErrorCode::kInvalidInput,
        in_backticks(text) + " is not a person: expected NAME=ROLE, as in `Ada Byron=officer`");
  }
  return new_person(text.substr(0, split), text.substr(split + 1), now);
}

Result<Person> enrol(const fs::path& state, std::string_view name, std::string_view role,
                     UtcTime now) {
  const Result<Person> checked = new_person(name, role, now);
  return checked ? enrol(state, *checked) : checked;
}

Result<Person> enrol(const fs::path& state, Person person) {
  const fs::path folder = state / "people";
  if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
  // Else two who enrol the same handle would exchange each other's key.
  const Result<FolderLock> lock = FolderLock::take(folder);
  if (!lock) return tl::unexpected(lock.error());
  const fs::path file = folder / (person.handle + ".yaml");
  const Result<bool> there = is_there(file);
  if (!there) return tl::unexpected(there.error());
  if (*there) {
    return fail(ErrorCode::kRefused, "`" + person.handle +
                                         "` is enrolled already: choose another handle, as in "
                                         "`Ada Byron <ada>=officer`");
  }
  Result<KeyTexts> keys = make_keys(person.handle);
  if (!keys) return tl::unexpected(keys.error());
  person.verifier_key = keys->verifier;
  // The key comes first, and replaces one that a killed enrolment left without a person.
  const fs::path key = folder / (person.handle + ".key");
  std::error_code ignored;  // a key that stays is in the way of create_file(), which says so
  fs::remove(key, ignored);
  auto written = create_file(key, 0400, keys->signer + "\n");
  ::explicit_bzero(keys->signer.data(), keys->signer.size());
  if (written) written = create_file(file, 0600, person_file(person));
  if (!written) return tl::unexpected(written.error());
  return person;
}

Result<std::vector<Person>> people(const fs::path& state) {
  std::vector<Person> all;
  std::error_code failure;
  const fs::path folder = state / "people";
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    if (it->path().extension() != ".yaml") continue;
    Result<Person> person = read_person(it->path());
    if (!person) return tl::unexpected(person.error());
    all.push_back(std::move(*person));
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kUnavailable,
                "cannot read the folder `" + folder.string() + "`: " + failure.message());
  }
  std::ranges::sort(all, {}, &Person::handle);
  return all;
}

bool publishes(const Person& person) { return !person.retired && role_signs_policies(person.role); }

PolicyMode policy_mode(const std::vector<Person>& enrolled) {
  std::vector<std::string> keys;
  for (const Person& person : enrolled) {
    if (publishes(person)) keys.push_back(person.verifier_key);
  }
  return count_signers(keys) >= kPolicySigners ? PolicyMode::kSigned : PolicyMode::kUnsigned;
}

std::string_view to_text(PolicyMode mode) {
  return mode == PolicyMode::kSigned ? "signed policy mode" : "unsigned policy mode";
}

}  // namespace tidewaiter
