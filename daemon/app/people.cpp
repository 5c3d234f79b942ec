#include "daemon/app/people.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <system_error>

#include "daemon/app/state.h"
#include "policies/language/strict_yaml.h"
#include "policies/model/base64.h"
#include "policies/model/did_you_mean.h"
#include "storage/files/durable_file.h"
#include "storage/files/folder_lock.h"
#include "storage/ledger/signed_note.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

/// The name in lower case, with one '-' for each run of anything but ASCII letters and digits.
std::string make_handle(std::string_view name) {
  std::string handle;
  for (const char c : name) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (plain) {
      handle += lower;
    } else if (!handle.empty() && handle.back() != '-') {
      handle += '-';
    }
  }
  while (!handle.empty() && handle.back() == '-') handle.pop_back();
  return handle.substr(0, 64);
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
  Person person{make_handle(name), std::string(name), std::string(role), {}, now};
  const bool one_line = std::ranges::none_of(
      person.name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (person.handle.empty() || !one_line) {
    return fail(ErrorCode::kInvalidInput,
                "a name needs a letter or digit and one line: `" + person.name + "`");
  }
  return person;
}

Result<Person> enrol(const fs::path& state, std::string_view name, std::string_view role,
                     UtcTime now) {
  Result<Person> checked = new_person(name, role, now);
  if (!checked) return checked;
  Person& person = *checked;
  const fs::path folder = state / "people";
  if (auto made = make_state_folder(folder); !made) return tl::unexpected(made.error());
  // Else two who enrol the same handle would exchange each other's key.
  const Result<FolderLock> lock = FolderLock::take(folder);
  if (!lock) return tl::unexpected(lock.error());
  const fs::path file = folder / (person.handle + ".yaml");
  const Result<bool> there = is_there(file);
  if (!there) return tl::unexpected(there.error());
  if (*there) {
    return fail(ErrorCode::kRefused, "`" + person.handle + "` is enrolled already");
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
  return checked;
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

bool publishes(const Person& person) {
  return !person.retired && (person.role == "policy-writer" || person.role == "approver");
}

PolicyMode policy_mode(const std::vector<Person>& enrolled) {
  return std::ranges::count_if(enrolled, publishes) >= 2 ? PolicyMode::kSigned
                                                         : PolicyMode::kUnsigned;
}

std::string_view to_text(PolicyMode mode) {
  return mode == PolicyMode::kSigned ? "signed policy mode" : "unsigned policy mode";
}

}  // namespace tidewaiter
