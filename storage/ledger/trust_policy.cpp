#include "storage/ledger/trust_policy.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "storage/ledger/c2sp_text.h"

namespace tidewaiter {

namespace {

using Words = std::vector<std::string_view>;

/// Only tab, newline and what is neither a control character nor DEL.
bool is_policy_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || byte == '\n' || (byte >= 0x20 && byte != 0x7f);
}

Words words_of(std::string_view line) {
  constexpr std::string_view kSpace = " \t";
  Words words;
  for (;;) {
    const std::size_t begin = line.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(kSpace), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::string quoted_word(std::string_view word) {
  return "`" + std::string(word.substr(0, 80)) + "`";
}

tl::unexpected<Error> bad_line(std::string why) {
  return fail(ErrorCode::kInvalidInput, std::move(why));
}

/// Takes a policy line by line.
class PolicyReader {
 public:
  Result<void> take(const Words& words);
  Result<TrustPolicy> finish();

 private:
  Result<void> take_log(const Words& words);
  Result<void> take_witness(const Words& words);
  Result<void> take_group(const Words& words);
  Result<void> take_quorum(const Words& words);
  Result<void> define(std::string_view name);
  [[nodiscard]] Result<void> check_defined(std::string_view name) const;
  [[nodiscard]] static Result<std::size_t> threshold_of(std::string_view word, std::size_t members);

  TrustPolicy policy_;
  bool quorum_said_ = false;
  std::set<std::string, std::less<>> defined_;
  std::set<std::string, std::less<>> members_;  // of all groups
};

Result<void> PolicyReader::take(const Words& words) {
  if (words.front() == "log") return take_log(words);
  if (words.front() == "witness") return take_witness(words);
  if (words.front() == "group") return take_group(words);
  if (words.front() == "quorum") return take_quorum(words);
  return bad_line("expected `log`, `witness`, `group` or `quorum`, got " +
                  quoted_word(words.front()));
}

Result<void> PolicyReader::take_log(const Words& words) {
  if (words.size() != 2 && words.size() != 3) return bad_line("expected `log <vkey> [<url>]`");
  auto key = parse_verifier_key(words[1]);
  if (!key) return tl::unexpected(key.error());
  const auto is_same = [&key](const PolicyLog& log) { return log.key.key == key->key; };
  if (std::ranges::any_of(policy_.logs, is_same)) {
    return bad_line("the public key of the log " + quoted_word(key->name) +
                    " is that of an earlier log");
  }
  policy_.logs.push_back({std::move(*key), words.size() == 3 ? std::string(words[2]) : ""});
  return {};
}

Result<void> PolicyReader::take_witness(const Words& words) {
  if (words.size() != 3 && words.size() != 4) {
    return bad_line("expected `witness <name> <vkey> [<url>]`");
  }
  if (auto defined = define(words[1]); !defined) return defined;
  auto key = parse_witness_key(words[2]);
  if (!key) return tl::unexpected(key.error());
  const auto is_same = [&key](const PolicyWitness& other) { return other.key.key == key->key; };
  if (std::ranges::any_of(policy_.witnesses, is_same)) {
    return bad_line("the public key of the witness " + quoted_word(words[1]) +
                    " is that of an earlier witness");
  }
  policy_.witnesses.push_back(
      {std::string(words[1]), std::move(*key), words.size() == 4 ? std::string(words[3]) : ""});
  return {};
}

Result<void> PolicyReader::take_group(const Words& words) {
  if (words.size() < 4) return bad_line("expected `group <name> <k|any|all> <name>…`");
  PolicyGroup group{std::string(words[1]), 0, {}};
  for (const std::string_view member : Words(words.begin() + 3, words.end())) {
    if (auto known = check_defined(member); !known) return known;
    if (!members_.emplace(member).second) {
      return bad_line(quoted_word(member) +
                      " is a member of a group already: it can count in one way only");
    }
    group.members.emplace_back(member);
  }
  // After its members: a group is none of its own.
  if (auto defined = define(words[1]); !defined) return defined;
  const auto threshold = threshold_of(words[2], group.members.size());
  if (!threshold) return tl::unexpected(threshold.error());
  group.threshold = *threshold;
  policy_.groups.push_back(std::move(group));
  return {};
}

Result<std::size_t> PolicyReader::threshold_of(std::string_view word, std::size_t members) {
  if (word == "any") return std::size_t{1};
  if (word == "all") return members;
  const std::optional<std::int64_t> k = decimal_of(word);
  if (!k || *k < 1 || static_cast<std::uint64_t>(*k) > members) {
    return bad_line("expected `any`, `all` or a number from 1 to the " + std::to_string(members) +
                    " members of the group, got " + quoted_word(word));
  }
  return static_cast<std::size_t>(*k);
}

Result<void> PolicyReader::take_quorum(const Words& words) {
  if (words.size() != 2) return bad_line("expected `quorum <name>` or `quorum none`");
  if (std::exchange(quorum_said_, true)) {
    return bad_line("expected one line `quorum`, and this is the second");
  }
  if (words[1] != TrustPolicy::kNoQuorum) {
    if (auto known = check_defined(words[1]); !known) return known;
  }
  policy_.quorum = words[1];
  return {};
}

Result<void> PolicyReader::define(std::string_view name) {
  if (name == TrustPolicy::kNoQuorum) {
    return bad_line("`none` is what a quorum of nobody is called, and names nothing else");
  }
  if (!defined_.emplace(name).second) {
    return bad_line("the name " + quoted_word(name) + " stands for an earlier witness or group");
  }
  return {};
}

Result<void> PolicyReader::check_defined(std::string_view name) const {
  if (defined_.contains(name)) return {};
  return bad_line("expected the name of a witness or group of an earlier line, got " +
                  quoted_word(name));
}

Result<TrustPolicy> PolicyReader::finish() {
  if (!quorum_said_) {
    return bad_line(
        "the policy has no line `quorum`: say whose cosignatures are enough, or `quorum none`");
  }
  return std::move(policy_);
}

}  // namespace

Result<TrustPolicy> parse_trust_policy(std::string_view text) {
  if (text.size() > kMaxTrustPolicyBytes) {
    return bad_line("expected a policy of at most " + std::to_string(kMaxTrustPolicyBytes) +
                    " bytes, got " + std::to_string(text.size()));
  }
  PolicyReader reader;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string where = "line " + std::to_string(number);
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      return fail(ErrorCode::kInvalidInput,
                  "expected a newline at the end of the last line: it may have been cut", where);
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!std::ranges::all_of(line, is_policy_byte)) {
      return fail(ErrorCode::kInvalidInput,
                  "expected no control characters but tabs: end lines by a newline alone", where);
    }
    const Words words = words_of(line);
    if (words.empty() || words.front().starts_with('#')) continue;
    if (auto taken = reader.take(words); !taken) {
      return fail(taken.error().code, taken.error().message, where);
    }
  }
  return reader.finish();
}

bool has_quorum(const TrustPolicy& policy, std::span<const WitnessKey> cosigners) {
  if (!policy.asks_for_witnesses()) return true;
  std::set<std::string_view> witnessed;
  for (const PolicyWitness& witness : policy.witnesses) {
    if (std::ranges::find(cosigners, witness.key) != cosigners.end())
      witnessed.insert(witness.name);
  }
  for (const PolicyGroup& group : policy.groups) {
    const auto count = std::ranges::count_if(
        group.members, [&witnessed](const std::string& name) { return witnessed.contains(name); });
    if (static_cast<std::size_t>(count) >= group.threshold) witnessed.insert(group.name);
  }
  return witnessed.contains(policy.quorum);
}

Result<Witnessing> judge_witnesses(const SignedNote& note, const TrustPolicy& policy) {
  std::vector<WitnessKey> keys;
  for (const PolicyWitness& witness : policy.witnesses) keys.push_back(witness.key);
  auto cosignatures = verify_cosignatures(note, keys);
  if (!cosignatures) return tl::unexpected(cosignatures.error());
  std::vector<WitnessKey> cosigners;
  for (const Cosignature& cosignature : *cosignatures) cosigners.push_back(cosignature.witness);
  const bool quorum = has_quorum(policy, cosigners);
  return Witnessing{std::move(*cosignatures), quorum};
}

std::string witnessing_text(const TrustPolicy& policy, const Witnessing& witnessing) {
  std::string text = std::to_string(witnessing.cosignatures.size()) + " of " +
                     std::to_string(policy.witnesses.size()) + " known witnesses cosigned it";
  const char* separator = ": ";
  for (const Cosignature& cosignature : witnessing.cosignatures) {
    text += separator + cosignature.witness.name;
    separator = ", ";
  }
  return text;
}

}  // namespace tidewaiter
