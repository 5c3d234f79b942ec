// A policy against what the configured sources give.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "policies/lint/checks.h"
#include "policies/lint/supply.h"

namespace tidewaiter {
namespace {

class SupplyChecks {
 public:
  SupplyChecks(const LintedPolicy& linted, DocumentReader& report)
      : linted_(linted),
        policy_(linted.policy),
        report_(report),
        supply_(linted.policy, linted.sources) {}

  void run() {
    if (linted_.sources.empty() || policy_.reads == RecordKind::kFinding) return;
    if (suppliers().empty()) {
      report_.warn(linted_.place("reads"), kNoSourceOfKind,
                   "no configured source gives " + std::string(kind_name(policy_.reads)) +
                       " records: the policy has nothing to judge",
                   "configure one, or read another kind");
      return;
    }
    if (supply_.fields_are_known()) check_fields();
    check_requests();
    check_taken();
    if (policy_.linkage) check_links(*policy_.linkage);
    check_wait();
    check_bucket();
  }

 private:
  [[nodiscard]] const std::vector<const SourceSupply*>& suppliers() const {
    return supply_.suppliers();
  }

  void check_fields() {
    for (const Expr* expr : record_expressions(policy_)) {
      supply_.look_at(*expr, [this](FieldId id, const SourceSpan& place) { tell(id, place); });
    }
    const auto subjects = items_of("for_each");
    for (std::size_t i = 0; i < policy_.for_each.size(); ++i) {
      const FieldId id = recorded_field(policy_.for_each[i]);
      if (!supply_.gives(id)) tell(id, i < subjects.size() ? subjects[i]->span : policy_.span);
    }
    const YamlNode* evidence = linted_.find("evidence");
    const YamlNode* choice = evidence != nullptr ? evidence->find("choose") : nullptr;
    if (choice != nullptr && choice->kind == YamlNode::Kind::kMap) {
      check_size(*policy_.evidence.size, choice->span);
    }
    const YamlNode* shown_fields = evidence != nullptr ? evidence->find("fields") : nullptr;
    if (shown_fields == nullptr) return;
    for (const YamlNode* item : DocumentReader::items(*shown_fields)) {
      const auto id = find_field(item->scalar);
      if (!id || supply_.gives(*id)) continue;
      report_.warn(
          item->span, kUnsuppliedEvidence,
          "no configured source gives `" + item->scalar + "`: the evidence will not show it",
          "leave it out, or map it in a source");
    }
  }

  void check_size(const Expr& size, const SourceSpan& choice) {
    if (size.op == ExprOp::kField && !supply_.gives(size.index)) {
      report_.warn(choice, kUnsuppliedEvidence,
                   "no configured source gives `" + std::string(field(size.index).name) +
                       "`: no record is larger than another",
                   "choose by another field, or map it in a source");
    }
    for (const Expr& arg : size.args) check_size(arg, choice);
  }

  void check_requests() {
    const SourceSpan* const place = uncounted_requests(policy_, supply_);
    if (place == nullptr) return;
    report_.warn(*place, kUncountedRequests,
                 "no configured source counts requests: in the records of " + supplier_names() +
                     " they are 0, and so is this",
                 "measure tokens or cost, or count distinct values");
  }

  void check_links(const Linkage& linkage) {
    std::string missing;
    for (const UnsuppliedLink& link : unsupplied_links(linkage, supply_, linted_.sources)) {
      if (link.other != nullptr) {
        tell_other_names(link);
      } else {
        missing += (missing.empty() ? "`" : ", `") + std::string(field(link.field).name) + "`";
      }
    }
    if (missing.empty()) return;
    report_.warn(linted_.place("for_each"), kUnsuppliedLink,
                 "no configured source gives " + missing + ": no account is linked by it",
                 "map it in a source, or take the link out of the linkage");
  }

  void tell_other_names(const UnsuppliedLink& link) {
    report_.warn(linted_.place("for_each"), kUnsuppliedLink,
                 "`" + std::string(field(link.field).name) + "` comes from `" + link.other->name +
                     "`, whose accounts are not those of `" + suppliers().front()->name +
                     "`: none that is judged is linked by it",
                 "write `names_of: " + names_in(*suppliers().front()) + "` for the source `" +
                     link.other->name + "`, if it speaks of the same accounts");
  }

  [[nodiscard]] std::vector<const YamlNode*> items_of(std::string_view key) const {
    const YamlNode* node = linted_.find(key);
    return node != nullptr ? DocumentReader::items(*node) : std::vector<const YamlNode*>();
  }

  /// What is measured of single requests is not to be had from sums.
  void check_taken() {
    for (const SourceSupply* source : suppliers()) {
      if (!never_takes(policy_, *source)) continue;
      report_.warn(linted_.place(linted_.find("condition") != nullptr ? "condition" : "select"),
                   kNeverTaken,
                   "the condition takes no record of `" + source->name + "`: each is " +
                       format_duration(*source->bucket) + " long",
                   "configure a source of single requests, or of shorter buckets");
    }
  }

  [[nodiscard]] std::string supplier_names() const {
    std::string names;
    for (const SourceSupply* source : suppliers()) {
      names += (names.empty() ? "`" : ", `") + source->name + "`";
    }
    return names;
  }

  void tell(FieldId id, const SourceSpan& place) {
    report_.warn(
        place, kUnsuppliedField,
        "no configured source gives `" + std::string(field(id).name) +
            "`: what rests on it cannot be told",
        "map it in one of " + supplier_names() + ", or do without it by `exists` or `default`");
  }

  /// The sources that the policy waits for: each of its kind.
  void check_wait() {
    const auto* const slowest = *std::ranges::max_element(
        suppliers(), {}, [](const SourceSupply* source) { return source->settles; });
    const std::optional<Duration>& waits = policy_.window.wait_for_late;
    if (!waits || *waits >= slowest->settles) return;
    const YamlNode* window = linted_.find("window");
    const YamlNode* wait = window != nullptr ? window->find("wait_for_late") : nullptr;
    report_.warn(wait != nullptr ? wait->span : linted_.place("window"), kWaitTooShort,
                 "the policy waits " + format_duration(*waits) + " for late records, but `" +
                     slowest->name + "` settles only after " + format_duration(slowest->settles),
                 "write `wait_for_late: " + format_duration(slowest->settles) +
                     "`, or leave it out: then the policy waits as long as its sources settle");
  }

  void check_bucket() {
    if (linted_.find("window") == nullptr)
      return;  // single records: the window is not the writer's
    const Duration step = policy_.window.session.value_or(policy_.window.every);
    for (const SourceSupply* source : suppliers()) {
      if (!source->bucket || *source->bucket <= step) continue;
      const YamlNode* window = linted_.find("window");
      const YamlNode* every = window->find(policy_.window.session ? "session" : "every");
      report_.warn(every != nullptr ? every->span : linted_.place("window"), kWindowBelowBucket,
                   (policy_.window.session ? "a gap of " : "a step of ") + format_duration(step) +
                       " cannot tell apart what `" + source->name + "` gives in buckets of " +
                       format_duration(*source->bucket),
                   "write one of at least " + format_duration(*source->bucket));
      return;
    }
  }

  const LintedPolicy& linted_;
  const Policy& policy_;
  DocumentReader& report_;
  Supply supply_;
};

}  // namespace

void check_supply(const LintedPolicy& linted, DocumentReader& report) {
  SupplyChecks(linted, report).run();
}

}  // namespace tidewaiter
