#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/time.h"

namespace tidewaiter {

/// What a list asks of whoever deals with a party on it. The words are those of docs/screening.md,
/// What a hit asks for.
enum class Obligation : std::uint8_t {
  kBlock,
  kAssetFreeze,
  kReject,
  kSectoral,
  kMenu,
  kNoSecurities,
  kNoCorrespondentAccount,
  kNoExport,
  kLicenceRequired,
  kRedFlag,
  kNoDefenceTrade,
  kAsNotified,
  kTravelBan,
  kHouseRule,
};
inline constexpr std::size_t kObligations = 14;

/// "block", "licence-required": the word that policies and programs have for it.
[[nodiscard]] std::string_view obligation_name(Obligation obligation);
/// Nothing for any other word.
[[nodiscard]] std::optional<Obligation> find_obligation(std::string_view name);
/// What it means, for people: "property is blocked, and nothing may be dealt with". No final stop.
[[nodiscard]] std::string_view obligation_meaning(Obligation obligation);

/// Whether what a listed party owns is treated as if it were listed.
struct OwnedRule {
  std::string share;               ///< ">= 50%", "> 50%": of all such parties together
  std::string citation;            ///< of the rule
  std::vector<Interval> in_force;  ///< event time, sorted; empty: always

  bool operator==(const OwnedRule&) const = default;
};

/// What follows from being listed.
struct Consequence {
  std::vector<std::string> programs;  ///< under these programmes; empty: under any other
  Obligation obligation = Obligation::kBlock;
  std::string note;  ///< what else it asks, for people; may be empty
  std::string citation;
  std::vector<Interval> in_force;  ///< event time, sorted; empty: always
  std::optional<OwnedRule> owned;  ///< nothing: no rule is stated

  bool operator==(const Consequence&) const = default;
};

/// What follows from one listing at a time.
struct Follows {
  UtcTime at;  ///< event time for which it was asked
  /// Each once, with those programmes of the party under which it follows.
  std::vector<Consequence> told;
  /// Why something that may follow is not known, each a sentence without a final stop. Whoever is
  /// listed so is never let pass for it.
  std::vector<std::string> untold;

  [[nodiscard]] bool has(Obligation obligation) const;
  /// Whether the same follows, for the same words, be it at another time.
  bool operator==(const Follows& other) const;
};

/// What the parties of a list are listed for. Immutable; safe from any thread.
class Consequences {
 public:
  /// One list of them: its own rules, and how an entry of several lists names it.
  struct Part {
    std::string code;          ///< "SDN"; of a list of one's own its name
    std::string regime_words;  ///< programmes that begin so say nothing of what follows
    std::vector<Consequence> rules;
    /// Programmes that are known though no rule names them; for who looks for a misspelt one.
    std::vector<std::string> known_programs;
  };

  /// Of one list.
  explicit Consequences(Part part);
  /// Of lists that are published as one, whose entries name theirs among their programmes by
  /// "(CODE) - …", as the Consolidated Screening List does.
  Consequences(std::string code, std::vector<Part> parts);

  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  /// Whether they are of lists that are published as one.
  [[nodiscard]] bool by_source() const { return by_source_; }
  /// Whether it depends on the programmes of a party what follows for it.
  [[nodiscard]] bool asks_programs() const;

  /// What follows for a party that is listed under `programs`, ASCII letters in either case, at
  /// event time `at`. A programme for which no rule is there, and one whose rules are not in force
  /// then, are untold.
  [[nodiscard]] Follows follow(std::span<const std::string> programs, UtcTime at) const;

  /// Whether a programme names one of several lists that are published as one.
  [[nodiscard]] bool names_part(std::string_view program) const {
    return by_source_ && part_named(program) != nullptr;
  }

  /// Whether a word among an entry's programmes, in upper or lower case, is none: the name of one
  /// of several lists that are published as one or, where measures are told from regimes, a
  /// measure.
  [[nodiscard]] bool names_no_programme(std::string_view word) const;

  /// Whether a rule, or the list, has the programme; nothing where the list may have any.
  [[nodiscard]] std::optional<bool> knows(std::string_view program) const;

  /// All of what decides which obligation follows when: equal texts give equal answers. Citations,
  /// notes and what is owned are no part of it.
  [[nodiscard]] std::string meaning() const;

 private:
  void follow_part(const Part& part, std::span<const std::string> programs, Follows& out) const;
  [[nodiscard]] const Part* part_named(std::string_view program) const;

  std::string code_;
  std::vector<Part> parts_;
  bool by_source_ = false;
};

/// What follows of a list that says nothing of it: that it is not known. `list` is as people know
/// it.
[[nodiscard]] Follows not_known(std::string_view list, UtcTime at);

/// "block (31 CFR chapter V): property is blocked, …; covers what such parties own by >= 50%
/// together (…)", of event time `at`.
[[nodiscard]] std::string consequence_text(const Consequence& consequence, UtcTime at);
/// The same of each, then "not known: …" of what is not.
[[nodiscard]] std::vector<std::string> follows_lines(const Follows& follows);
/// "block; sectoral; not-known": their words, each once, for tables.
[[nodiscard]] std::string obligations_text(const Follows& follows);

/// "2025-09-29 to 2025-11-09 and from 2026-11-10"; "always".
[[nodiscard]] std::string in_force_text(std::span<const Interval> in_force);
/// Whether one of them holds the time; without any, always.
[[nodiscard]] bool is_in_force(std::span<const Interval> in_force, UtcTime at);

}  // namespace tidewaiter
