#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policies/linkage/act_runs.h"
#include "policies/linkage/held_values.h"
#include "policies/linkage/linkage.h"
#include "policies/linkage/number_index.h"
#include "policies/linkage/times_said.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// Says which accounts act in step, by one lockstep link: a function of the acts that there are,
/// whatever the order in which they came.
///
/// An *act* of an account is that it does something (`target`) in a slot of time; done twice, it is
/// one. What more than `at_most` accounts do in one slot is no act of any of them. A(a) are the
/// acts of account a in one stretch of `over`, counted from the epoch; a and b are *in step* in it
/// if
///
///   |A(a) ∩ A(b)| >= at_least   and   100 |A(a) ∩ A(b)| >= percent |A(a) ∪ A(b)|
///
/// and, where all acts have one target, neither has more acts in it than half of its slots: of two
/// that act in a share p of the slots, each for itself, the second quotient is p / (2 - p), a third
/// at one half and nearly all at nearly all. There, too, of what both do in slots that follow each
/// other without a gap in the stretch (a *run* of common acts, which acts that are too common are
/// part of) only the first `at_least` - 1 count towards `at_least`, and of nothing else: what two
/// begin once and do not leave off is one thing that they have in common, and not `at_least`. Two
/// runs are enough, therefore: of at_least acts in several no run has more than its share, or it
/// has at_least - 1 and another one more. So accounts that act in every slot are never in step.
///
/// Source: Q. Cao, X. Yang, J. Yu, C. Palow, "Uncovering Large Groups of Active Malicious Accounts
/// in Online Social Networks" (SynchroTrap), CCS 2014: actions on one object at about one time,
/// Jaccard similarity, single links. The least number in common is CopyCatch's (A. Beutel et al.,
/// "CopyCatch: Stopping Group Attacks by Spotting Lockstep Behavior in Social Networks", WWW 2013),
/// where a group has to do at least m things together; here two do.
///
/// Only accounts that have `at_least` acts in a stretch are compared, each with those that have an
/// act in common with it. Costs: an act that nobody else does is constant on average; else a count
/// for each of the others that are compared, `at_most` - 1 at the most. An account that comes to
/// have `at_least` acts that count, or has fewer again, costs this for `at_least` acts, each time;
/// what becomes too common costs it for each of its accounts, and so does what is so no more.
/// When changes are taken, each account of which an act has come or gone, or a run has become two
/// or two have become one, costs a look at all with which it has `at_least` in common in the
/// stretch (n: as many as all others, where each of its acts is done with others), and in each of
/// these at those that are in step, n² at the worst. Without a target, and where all else is so
/// that two are in step, a look costs their runs up to the second in common, and where slots are
/// crowded the acts that count of the one with fewer, up to the first in another run.
///
/// Memory: an act of an account 32 bytes and its place in an index (7 to 10), what is done in a
/// slot 24 and a place, an account in a stretch 32 and a place, without a target 24 and 8 to 16 for
/// each of its runs more; two that are compared and have done one thing together 12 and a place, at
/// most (at_most - 1) / 2 such pairs for an act; a target its text, 72 and a place. Two with
/// `at_least` in common 8 to 16, two in step as many again and some 200 in trees. Acts that are
/// gone make room for others, and so does all that they were the last of. Not thread-safe.
class CoActions {
 public:
  using ActNumber = std::uint32_t;
  static constexpr std::uint32_t kNone = NumberIndex::kNone;

  explicit CoActions(const LockstepLink& link);

  /// Says once more that the account does it. `source` is that of the record, where only it makes
  /// the target's values unique; else empty.
  ActNumber add(AccountNumber account, UtcTime time, std::string_view source,
                std::string_view target);
  /// kNone, if nothing says so now.
  [[nodiscard]] ActNumber find(AccountNumber account, UtcTime time, std::string_view source,
                               std::string_view target) const;
  /// Takes one saying back; with the last one the act is gone, and its number free for another.
  void remove(ActNumber act);
  [[nodiscard]] AccountNumber actor(ActNumber act) const {
    return profiles_[acts_[act].profile].account;
  }
  /// How many acts the account has, those too that are too common.
  [[nodiscard]] std::uint32_t acts_of(AccountNumber account) const {
    return account < acts_by_account_.size() ? acts_by_account_[account] : 0;
  }

  /// Two accounts that have come to be in step in some stretch, or are in none any more.
  struct Change {
    AccountNumber one = 0;
    AccountNumber other = 0;
    bool in_step = false;
  };
  /// What has changed since this was asked last. What is said below changes here alone.
  [[nodiscard]] std::vector<Change> take_changes();

  [[nodiscard]] bool are_in_step(AccountNumber a, AccountNumber b) const;
  /// Accounts, each with the stretches in which it is in step, by number, in no order.
  using Others = std::map<AccountNumber, std::vector<std::int64_t>>;
  /// With whom the account is in step; null: with nobody.
  [[nodiscard]] const Others* in_step_with(AccountNumber account) const;

  /// What two did together in one stretch.
  struct Together {
    Interval during;
    std::int64_t common = 0;
    std::int64_t either = 0;
  };
  /// Of the stretches in which two are in step, that with the greatest share, and of equals the
  /// first. REQUIRES: they are in step.
  [[nodiscard]] Together best(AccountNumber a, AccountNumber b) const;

  /// How much there is of what it keeps.
  struct Counts {
    std::int64_t acts = 0;     ///< of accounts
    std::int64_t slots = 0;    ///< in which something is done, for each target
    std::int64_t crowded = 0;  ///< of these, in which too many do it
    std::int64_t pairs = 0;    ///< of accounts that are compared, in each stretch
    bool operator==(const Counts&) const = default;
  };
  [[nodiscard]] Counts counts() const;

  /// For how much there is room: the most there has been of each at one time.
  struct Room {
    std::size_t moments = 0;   ///< what is done in a slot
    std::size_t profiles = 0;  ///< accounts in a stretch
    std::size_t targets = 0;
    bool operator==(const Room&) const = default;
  };
  [[nodiscard]] Room room() const { return {moments_.size(), profiles_.size(), targets_.size()}; }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(targets_, free_targets_, moments_, free_moments_, profiles_, free_profiles_, runs_,
            acts_, free_acts_, pairs_, free_pairs_, near_, steps_, in_step_, acts_by_account_,
            target_index_, moment_index_, profile_index_, act_index_, pair_index_, counts_.acts,
            counts_.slots, counts_.crowded, counts_.pairs);
  }

 private:
  using TargetNumber = std::uint32_t;
  using MomentNumber = std::uint32_t;
  using ProfileNumber = std::uint32_t;
  using PairNumber = std::uint32_t;

  /// What may be done.
  struct Target {
    std::string source;
    std::string text;
    std::uint32_t moments = 0;  ///< 0: the number is free

    template <class Archive>
    void serialize(Archive& archive) {
      archive(source, text, moments);
    }
  };
  /// What is done in a slot.
  struct Moment {
    std::int64_t slot = 0;
    TargetNumber target = 0;
    std::uint32_t actors = 0;  ///< 0: the number is free
    ActNumber first = kNone;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(slot, target, actors, first);
    }
  };
  /// An account in one stretch.
  struct Profile {
    std::int64_t stretch = 0;
    AccountNumber account = 0;  ///< kNone: the number is free
    std::uint32_t acts = 0;
    std::uint32_t counted = 0;  ///< of these
    ActNumber first = kNone;    ///< of those that are counted
    bool is_touched = false;    ///< since the changes were taken

    template <class Archive>
    void serialize(Archive& archive) {
      archive(stretch, account, acts, counted, first, is_touched);
    }
  };
  /// On the list of who does it and, while it counts, on that of what the account does in the
  /// stretch: so that an account with few acts that count costs these, whatever else it does.
  struct Act {
    ProfileNumber profile = 0;
    MomentNumber moment = 0;
    TimesSaid said;  ///< never: the number is free
    bool is_counted = false;
    ActNumber next_actor = kNone;
    ActNumber last_actor = kNone;
    ActNumber next_act = kNone;
    ActNumber last_act = kNone;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(profile, moment, said, is_counted, next_actor, last_actor, next_act, last_act);
    }
  };
  struct Pair {
    ProfileNumber lesser = 0;
    ProfileNumber greater = 0;
    std::uint32_t common = 0;  ///< 0: the number is free

    template <class Archive>
    void serialize(Archive& archive) {
      archive(lesser, greater, common);
    }
  };
  using Profiles = std::vector<ProfileNumber>;

  [[nodiscard]] std::int64_t slot_of(UtcTime time) const;
  [[nodiscard]] std::int64_t stretch_of(std::int64_t slot) const;
  [[nodiscard]] TargetNumber find_target(std::string_view source, std::string_view text) const;
  TargetNumber target(std::string_view source, std::string_view text);
  void free_target(TargetNumber target);
  [[nodiscard]] MomentNumber find_moment(std::int64_t slot, TargetNumber target) const;
  MomentNumber moment(std::int64_t slot, TargetNumber target);
  void free_moment(MomentNumber moment);
  [[nodiscard]] ProfileNumber find_profile(AccountNumber account, std::int64_t stretch) const;
  ProfileNumber profile(AccountNumber account, std::int64_t stretch);
  void free_profile(ProfileNumber profile);
  [[nodiscard]] ActNumber find_act(ProfileNumber profile, MomentNumber moment) const;
  ActNumber new_act(ProfileNumber profile, MomentNumber moment);
  void enlist(ActNumber act);
  void delist(ActNumber act);
  /// Its slot, counted from the beginning of its stretch.
  [[nodiscard]] std::uint32_t slot_in_stretch(ActNumber act) const;
  /// Makes an act part of its account's runs, or takes it out, where there is no target.
  void add_to_runs(ActNumber act);
  void take_out_of_runs(ActNumber act);
  /// Counts an act, or does no more, by how many do it.
  void recount(ActNumber act);
  void recount_all(MomentNumber moment);
  [[nodiscard]] PairNumber find_pair(ProfileNumber a, ProfileNumber b) const;

  /// Whether the profile is compared with others.
  [[nodiscard]] bool is_compared(const Profile& profile) const {
    return profile.counted >= at_least_;
  }
  void touch(ProfileNumber profile);
  /// Calls `visit(ActNumber)` for each act of the profile that is counted.
  template <class Visit>
  void each_counted(ProfileNumber profile, const Visit& visit) const;
  /// Says that an act counts, or does no more, being too common or gone.
  void set_counted(ActNumber act, bool counts);
  void list_counted(ActNumber act);
  void unlist_counted(ActNumber act);
  /// Counts what the act has in common with those of others that are compared: `by` is 1 or -1.
  void compare(ActNumber act, int by);
  void add_common(ProfileNumber a, ProfileNumber b, int by);
  PairNumber new_pair(ProfileNumber lesser, ProfileNumber greater);
  void free_pair(PairNumber pair);
  void set_near(ProfileNumber a, ProfileNumber b, bool near);

  /// By the definition. REQUIRES: both are of one stretch.
  [[nodiscard]] bool keep_step(ProfileNumber a, ProfileNumber b) const;
  [[nodiscard]] Together together(ProfileNumber a, ProfileNumber b) const;
  /// Whether what both do and counts is of two runs of common acts or more.
  [[nodiscard]] bool meet_twice(ProfileNumber a, ProfileNumber b) const;
  void review(ProfileNumber profile, std::vector<Change>& changes);
  void set_step(ProfileNumber a, ProfileNumber b, bool in_step, std::vector<Change>& changes);
  /// Notes for `a` that it is in step with `b` in a stretch, or is no more; true if that is the
  /// first or was the last.
  bool note_stretch(AccountNumber a, AccountNumber b, std::int64_t stretch, bool in_step);

  LockstepLink link_;
  std::uint32_t at_least_;
  std::uint32_t at_most_acts_;  ///< that count in a stretch, of who is in step in it
  std::vector<Target> targets_;
  std::vector<TargetNumber> free_targets_;
  std::vector<Moment> moments_;
  std::vector<MomentNumber> free_moments_;
  std::vector<Profile> profiles_;
  std::vector<ProfileNumber> free_profiles_;
  std::vector<ActRuns> runs_;  ///< of each profile; none, where there is a target
  std::vector<Act> acts_;
  std::vector<ActNumber> free_acts_;
  std::vector<Pair> pairs_;
  std::vector<PairNumber> free_pairs_;
  std::map<ProfileNumber, Profiles> near_;   ///< those with `at_least` in common, both ways
  std::map<ProfileNumber, Profiles> steps_;  ///< those in step when the changes were taken
  std::map<AccountNumber, Others> in_step_;
  std::vector<std::uint32_t> acts_by_account_;
  NumberIndex target_index_;
  NumberIndex moment_index_;
  NumberIndex profile_index_;
  NumberIndex act_index_;
  NumberIndex pair_index_;
  Counts counts_;
  Profiles touched_;  ///< of the entry in hand
};

}  // namespace tidewaiter
