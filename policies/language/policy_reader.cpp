#include "policies/language/policy_reader.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "policies/language/condition.h"
#include "policies/language/document_reader.h"
#include "policies/language/evidence_reader.h"
#include "policies/language/expression_lexer.h"
#include "policies/language/expression_literal.h"
#include "policies/language/measure_reader.h"
#include "policies/language/measure_unit.h"
#include "policies/language/ownership_reader.h"
#include "policies/language/pattern_reader.h"
#include "policies/language/policy_hash.h"
#include "policies/language/policy_sections.h"
#include "policies/language/repeat_reader.h"
#include "policies/language/rising_condition.h"
#include "policies/language/screen_reader.h"
#include "policies/language/selection.h"
#include "policies/language/single_records.h"
#include "policies/language/test_reader.h"
#include "policies/language/text_match.h"
#include "policies/language/yaml_expression.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

constexpr auto kKnownKeys = std::to_array<std::string_view>(
    {"policy",      "version", "title",     "status",   "in_force",    "owner",
     "basis",       "kind",    "severity",  "reads",    "description", "false_positives",
     "references",  "select",  "condition", "for_each", "window",      "measure",
     "report_when", "repeat",  "exempt",    "respond",  "evidence",    "tests",
     "sequence",    "absent",  "screen",    "ownership"});

constexpr std::array<std::string_view, 6> kRequired = {"policy", "version", "title",
                                                       "basis",  "kind",    "severity"};
constexpr std::array<std::string_view, 3> kRequiredOfMeasures = {"window", "measure",
                                                                 "report_when"};

constexpr std::array<std::string_view, 1> kRequiredOfRecords = {"select"};

/// A record that is reported by itself loses nothing by coming late: it may be a week behind.
constexpr Duration kLateForRecords{7 * kDay.us};

constexpr std::size_t kMaxSelections = 256;
constexpr std::size_t kMaxExemptions = 256;
constexpr std::size_t kMaxMeasures = 64;
constexpr std::size_t kMaxNameLength = 64;

bool is_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && name.size() <= kMaxNameLength && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// Words that a condition or an expression takes for its own. Conditions take them in any case.
bool is_reserved(std::string_view name) {
  constexpr std::array<std::string_view, 12> kWords = {
      "and", "or", "not", "in", "true", "false", "them", "all", "any", "of", "where", "nocase"};
  return std::ranges::find(kWords, ascii_lower(name)) != kWords.end();
}

class PolicyReader {
 public:
  PolicyReader(const YamlText& text, const YamlNode& document, const PolicyReferences& references,
               UtcTime as_of, std::vector<Diagnostic>& diagnostics)
      : reader_(text, diagnostics), document_(document), references_(references), as_of_(as_of) {}

  std::optional<Policy> read() {
    const std::size_t first = reader_.diagnostics().size();
    keys();
    read_header(reader_, document_, policy_);
    read_kind();
    read_selections();
    read_condition_key();
    policy_.for_each = read_for_each(reader_, document_, policy_.reads);
    read_linkage_of_clusters();
    if (!is_of_steps()) read_window(reader_, document_, policy_.window);
    if (is_of_parties()) {
      read_single_records();
      read_parties();
    } else if (is_of_steps()) {
      read_steps();
    } else if (is_of_single_records()) {
      read_single_records();
    } else {
      read_measures();
      read_report_when();
    }
    read_repeat_key();
    if (policy_.reads == RecordKind::kFinding) read_as_findings();
    read_exemptions();
    read_respond(reader_, document_, policy_);
    read_evidence_key();
    if (const YamlNode* tests = document_.find("tests")) {
      policy_.tests = read_tests(reader_, *tests, policy_);
    }
    warn();
    const auto& all = reader_.diagnostics();
    const bool failed =
        std::any_of(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(),
                    [](const Diagnostic& d) { return d.level == DiagnosticLevel::kError; });
    if (failed) return std::nullopt;
    policy_.hash = policy_hash(policy_);
    return std::move(policy_);
  }

 private:
  void keys() {
    check_keys(reader_.yaml(), document_, kKnownKeys, reader_.diagnostics());
    policy_.span = document_.members.front().first.span;
    for (const std::string_view key : kRequired) require(key);
    if (is_of_parties()) return;
    if (is_of_single_records() || is_of_steps()) {
      for (const std::string_view key : kRequiredOfRecords) require(key);
    } else {
      for (const std::string_view key : kRequiredOfMeasures) require(key);
    }
  }

  /// Each record that the condition selects is reported: nothing is measured.
  [[nodiscard]] bool is_of_single_records() const {
    return document_.find("measure") == nullptr && document_.find("report_when") == nullptr;
  }

  /// Records are reported whose parties stand in lists.
  [[nodiscard]] bool is_of_parties() const {
    return document_.find("screen") != nullptr || document_.find("ownership") != nullptr;
  }

  /// Records that follow one another are reported, or that one of them does not come.
  [[nodiscard]] bool is_of_steps() const {
    return document_.find("sequence") != nullptr || document_.find("absent") != nullptr;
  }

  /// Sessions, and parties on lists, are those of one account.
  void check_shape_of_clusters() {
    const YamlNode* window = document_.find("window");
    const YamlNode* session = window != nullptr ? window->find("session") : nullptr;
    if (session != nullptr) {
      reader_.error(session->span, kClusterMisfit, "a cluster has no sessions",
                    "write a window of one length, or `for_each: account`");
    }
    for (const char* shape : {"screen", "ownership"}) {
      const YamlNode* node = document_.find(shape);
      if (node == nullptr) continue;
      reader_.error(node->span, kClusterMisfit, "`" + std::string(shape) + "` looks at no clusters",
                    "write `for_each: account`");
    }
  }

  void read_linkage_of_clusters() {
    if (std::ranges::find(policy_.for_each, kFieldCluster) == policy_.for_each.end()) return;
    SetLinkage& set = references_.linkage;
    set.used = true;
    check_shape_of_clusters();
    if (set.document) {
      policy_.linkage = set.document->linkage;
      return;
    }
    reader_.error(document_.find("for_each")->span, kNoLinkage,
                  "the policy set has no linkage: nothing says which accounts form a cluster",
                  "add a document that begins with `linkage:`, or write `for_each: account`");
  }

  void read_steps() {
    auto shape = read_pattern(reader_, document_, policy_.selections, used_);
    if (!shape) return;
    policy_.window = shape->window;
    policy_.condition = joined(std::move(policy_.condition), any_step(*shape->measure.pattern));
    report_any(std::move(shape->measure));
  }

  /// Reports where the one measure of a policy that names none is not 0.
  void report_any(Measure measure) {
    policy_.report_when.op = ExprOp::kGe;
    Expr figure;
    figure.op = ExprOp::kMeasure;
    figure.type = measure.type;
    Expr one = make_literal(measure.type, std::int64_t{1}, {});
    policy_.report_when.args = {std::move(figure), std::move(one)};
    policy_.measures.push_back(std::move(measure));
  }

  /// What such a policy leaves unsaid: docs/policy-language.md, Single records.
  void read_single_records() {
    if (document_.find("window") == nullptr) policy_.window = {kHour, kHour, kLateForRecords};
    report_any(count_of_records(policy_.span));
  }

  void read_parties() {
    const bool screens = document_.find("screen") != nullptr;
    auto shape = screens ? read_screen(reader_, document_, policy_.reads, references_.lists)
                         : read_ownership(reader_, document_, policy_.reads, references_.lists);
    if (!shape) return;
    policy_.condition = joined(std::move(policy_.condition), std::move(shape->check));
    policy_.measures.push_back(std::move(shape->figure));
  }

  void require(std::string_view key) {
    if (document_.find(key) != nullptr) return;
    reader_.error(policy_.span, kMissingKey, "`" + std::string(key) + "` is missing",
                  "see docs/policy-language.md for what a policy needs");
  }

  void read_kind() {
    const YamlNode* reads = document_.find("reads");
    if (reads == nullptr) return;
    constexpr std::array kKinds = {
        std::pair<std::string_view, RecordKind>{"usage", RecordKind::kUsage},
        std::pair<std::string_view, RecordKind>{"account", RecordKind::kAccount},
        std::pair<std::string_view, RecordKind>{"audit", RecordKind::kAudit},
        std::pair<std::string_view, RecordKind>{"finding", RecordKind::kFinding}};
    policy_.reads = reader_.one_of(*reads, kKinds).value_or(RecordKind::kUsage);
  }

  /// What is so of every policy that reads findings: docs/policy-language.md, Findings.
  void read_as_findings() {
    policy_.window.wait_for_late = Duration{};
    check_lateness_of_findings();
    check_shape_of_findings();
    check_report_of_findings();
  }

  void check_lateness_of_findings() {
    for (const char* key : {"window", "sequence", "absent"}) {
      const YamlNode* node = document_.find(key);
      const YamlNode* wait = node == nullptr ? nullptr : node->find("wait_for_late");
      if (wait == nullptr) continue;
      reader_.error(wait->span, kLateFindings,
                    "no finding is too late for a policy that reads them",
                    "leave `wait_for_late` out: the policies that make findings wait for records");
    }
  }

  /// Findings link no accounts, and are too few to be of one session.
  void check_shape_of_findings() {
    if (std::ranges::find(policy_.for_each, kFieldCluster) != policy_.for_each.end()) {
      reader_.error(document_.find("for_each")->span, kFindingsMisfit,
                    "findings are not looked at by cluster",
                    "write `for_each: account`, or a field that begins with `finding.`");
    }
    if (policy_.window.session) {
      reader_.error(document_.find("window")->span, kFindingsMisfit,
                    "findings have no sessions: each is a record at one instant",
                    "write a window of one length, as in `window: {length: 30d, every: 1d}`");
    }
  }

  void check_report_of_findings() {
    if (!failed_measures_.empty() || policy_.measures.empty()) return;
    const Expr* falling = part_that_may_fall(policy_.report_when, policy_.measures);
    if (falling == nullptr) return;
    if (is_of_steps()) {
      reader_.error(
          policy_.measures.front().span, kReportsFewFindings,
          "a finding that is missing proves nothing: its policy may not have been able to "
          "tell",
          "look for findings that are there: a `sequence` without `without`, or measures");
      return;
    }
    reader_.error(falling->span, kReportsFewFindings,
                  "more findings could make `" + shown_condition(*falling) + "` untrue",
                  "ask by `>` or `>=` for what only grows: count, distinct, max, rate, or a sum of "
                  "what is never negative");
  }

  [[nodiscard]] std::string shown_condition(const Expr& expr) const {
    ExprScope scope;
    for (const Measure& measure : policy_.measures) {
      scope.measures.push_back({measure.name, measure.type});
    }
    return to_text(expr, scope);
  }

  bool check_name(const YamlNode& key, std::string_view what) {
    const bool is_field = find_field(key.scalar).has_value();
    if (is_name(key.scalar) && !is_reserved(key.scalar) && !is_field) return true;
    reader_.error(key.span, kBadName,
                  "`" + key.scalar + "` cannot be the name of a " + std::string(what),
                  is_field ? "a field has that name already"
                           : "letters, digits and `_`, at most 64, not a word of the language");
    return false;
  }

  void read_selections() {
    const YamlNode* select = document_.find("select");
    if (select == nullptr || !reader_.expect_map(*select, "select: {name: {field: value}}")) {
      return;
    }
    if (select->members.size() > kMaxSelections) {
      reader_.error(select->span, kTooManyParts, "more than 256 selections", "split the policy");
      return;
    }
    ExprScope scope;
    scope.fields = policy_.reads;
    scope.lists = &references_.lists;
    for (const auto& [key, value] : select->members) {
      if (!check_name(key, "selection")) {
        used_.insert(key.scalar);  // one error is enough
        continue;
      }
      std::optional<Expr> expr = read_selection(reader_, value, scope);
      // A selection that failed stands as true, so that its uses are not errors too.
      if (!expr) expr = make_literal(ValueType::kBool, true, key.span);
      policy_.selections.emplace_back(key.scalar, *std::move(expr));
    }
    if (select->members.empty()) {
      reader_.error(select->span, kEmptySelection, "`select` names nothing",
                    "write `select: {name: {field: value}}`, or leave it out");
    }
  }

  void read_condition_key() {
    policy_.condition = make_literal(ValueType::kBool, true, document_.span);
    if (const YamlNode* condition = document_.find("condition")) {
      auto expr = read_condition(reader_, *condition, policy_.selections, used_);
      if (expr) policy_.condition = *std::move(expr);
    } else if (is_of_steps()) {
      return;  // the steps themselves select
    } else if (policy_.selections.size() == 1) {
      policy_.condition = policy_.selections.front().second;
      used_.insert(policy_.selections.front().first);
    } else if (!policy_.selections.empty()) {
      reader_.error(document_.find("select")->span, kMissingKey,
                    "`condition` is missing: there are several selections",
                    "join them, as in `condition: a and not b`");
    }
  }

  [[nodiscard]] ExprScope record_scope() const {
    ExprScope scope;
    scope.fields = policy_.reads;
    scope.lists = &references_.lists;
    scope.selections = policy_.selections;
    return scope;
  }

  /// Takes note of the selections that an expression's text names.
  void note_uses(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kScalar) return;
    const auto tokens = lex(node.scalar, {});
    if (!tokens) return;
    for (std::size_t i = 0; i + 1 < tokens->size(); ++i) {  // the last is the end
      const Token& token = (*tokens)[i];
      const bool is_call = (*tokens)[i + 1].is("(") && !token.escaped_name;
      if (token.kind == Token::Kind::kName && !is_call) used_.insert(token.text);
    }
  }

  void read_measures() {
    const YamlNode* measures = document_.find("measure");
    if (measures == nullptr || !reader_.expect_map(*measures, "measure: {n: count()}")) return;
    if (measures->members.empty() || measures->members.size() > kMaxMeasures) {
      reader_.error(measures->span, measures->members.empty() ? kEmptyValue : kTooManyParts,
                    "a policy has 1 to 64 measures", "write `measure: {n: count()}`");
      return;
    }
    const ExprScope scope = record_scope();
    for (const auto& [key, value] : measures->members) {
      note_uses(value);
      const bool named = check_name(key, "measure");
      std::optional<Measure> measure = read_one_measure(value, scope);
      if (!measure || !named) {
        failed_measures_.insert(key.scalar);
        continue;
      }
      measure->name = key.scalar;
      policy_.measures.push_back(*std::move(measure));
    }
    check_baselines();
    if (policy_.window.session) check_measures_of_sessions();
    for (const Measure& measure : policy_.measures) check_lockstep(measure);
  }

  /// What is about windows that lie at fixed times.
  void check_measures_of_sessions() {
    for (const Measure& measure : policy_.measures) {
      if (!measure.baseline && measure.aggregate != Aggregate::kRate) continue;
      reader_.error(
          measure.span, kSessionMisfit,
          measure.baseline ? "a session has no earlier windows of its own length to compare with"
                           : "a session is as long as its records make it, also for a rate",
          measure.baseline ? "measure in windows of one length, as in `window: {length: 24h}`"
                           : "divide by what lies between `first(time)` and `last(time)`");
    }
  }

  void check_lockstep(const Measure& measure) {
    if (measure.aggregate != Aggregate::kLockstep) return;
    if (measure.slot.us <= 0 || measure.slot > policy_.window.length) {
      reader_.error(measure.span, kBadLockstep,
                    "a slot of " + format_duration(measure.slot) + " does not cut windows of " +
                        span_text(policy_.window),
                    "expected more than nothing, and at most the length of a window, as in `5m`");
    }
    const Expr& who = *measure.group;
    if (who.op != ExprOp::kField ||
        std::ranges::find(policy_.for_each, who.index) == policy_.for_each.end()) {
      return;
    }
    const std::string name(field(who.index).name);
    reader_.error(measure.span, kBadLockstep,
                  "each subject has one `" + name + "`: it acts in step with nobody",
                  "name what a subject has several of, or judge for each of what they share");
  }

  /// A baseline is a number of windows: enough to say what is usual, and not too many to look at.
  void check_baselines() {
    constexpr std::int64_t kMost = 1000;
    for (const Measure& measure : policy_.measures) {
      if (!measure.baseline || policy_.window.session) continue;
      check_peers(measure);
      const std::int64_t least = compares_peers(measure) ? 1 : 7;  // several peers, one window each
      const std::int64_t windows = windows_of(*measure.baseline, policy_.window);
      if (windows >= least && windows <= kMost) continue;
      const std::string bound =
          windows < least ? "least " + std::to_string(least) : "most " + std::to_string(kMost);
      reader_.error(
          measure.span, kBadBaseline,
          "`" + measure.name + "` compares with " + std::to_string(windows) +
              " earlier windows of " + span_text(policy_.window),
          "expected a history of at " + bound + (bound == "least 1" ? " window" : " windows"));
    }
  }

  void check_peers(const Measure& measure) {
    if (!compares_peers(measure)) return;
    if (policy_.linkage && !measure.by_size_band) {
      reader_.error(measure.span, kClusterMisfit,
                    "a cluster has no field, so that no other cluster has it alike",
                    "write `peers(size_band)`: the clusters of about as many accounts");
      return;
    }
    if (measure.by_size_band) {
      if (policy_.linkage) return;
      reader_.error(measure.span, kBadPeers, "only clusters have a size",
                    "write `for_each: cluster`, or name a field, as in `peers(service_tier)`");
      return;
    }
    const FieldId shared = measure.group->index;
    if (policy_.for_each != std::vector<FieldId>{shared}) return;
    const std::string name(field(shared).name);
    reader_.error(measure.span, kBadPeers,
                  "no two subjects share `" + name + "`: each is without peers",
                  "name a field that several of them have alike, such as `service_tier`");
  }

  /// A measure that failed has its own error; that its name is unknown would only be a second one.
  [[nodiscard]] bool only_follows(const Diagnostic& diagnostic) const {
    return diagnostic.code == kUnknownName.code &&
           std::ranges::any_of(failed_measures_, [&](const std::string& name) {
             return diagnostic.message.find('`' + name + '`') != std::string::npos;
           });
  }

  std::optional<Measure> read_one_measure(const YamlNode& node, const ExprScope& scope) {
    auto& all = reader_.diagnostics();
    const auto first = static_cast<std::ptrdiff_t>(all.size());
    std::optional<Measure> measure = read_measure(reader_, node, scope, policy_.measures);
    const auto follows = [this](const Diagnostic& diagnostic) { return only_follows(diagnostic); };
    all.erase(std::remove_if(all.begin() + first, all.end(), follows), all.end());
    return measure;
  }

  /// "; tokens: tokens, spend: US dollars": which measure counts what.
  [[nodiscard]] std::string measure_units() const {
    std::string out;
    for (const Measure& measure : policy_.measures) {
      const std::string_view unit = unit_of(measure);
      if (unit.empty()) continue;
      out += (out.empty() ? "; `" : ", `") + measure.name + "` counts " + std::string(unit);
    }
    return out;
  }

  /// A selection in `report_when` is no slip in a measure's name.
  void tell_of_selection(Diagnostic& diagnostic) const {
    if (diagnostic.code != kUnknownName.code) return;
    for (const auto& [name, expr] : policy_.selections) {
      if (diagnostic.message != "unknown name `" + name + "`") continue;
      diagnostic.hint =
          "it is a selection; only measures may stand here: write `x: count() where " + name +
          "` under `measure`";
      diagnostic.fix.clear();
    }
  }

  void read_report_when() {
    const YamlNode* node = document_.find("report_when");
    if (node == nullptr) return;
    ExprScope scope;
    for (const Measure& measure : policy_.measures) {
      scope.measures.push_back({measure.name, measure.type});
    }
    std::vector<Diagnostic> found;
    auto expr = parse_yaml_expression(reader_.yaml(), *node, scope, found);
    for (Diagnostic& diagnostic : found) {
      if (only_follows(diagnostic)) continue;
      if (diagnostic.code == kTypeMismatch.code) diagnostic.hint += measure_units();
      tell_of_selection(diagnostic);
      reader_.diagnostics().push_back(std::move(diagnostic));
    }
    if (!expr) return;
    if (expr->type != ValueType::kBool) {
      reader_.error(
          expr->span, kNotTruthValue,
          "`report_when` needs true or false, this is " + std::string(type_name(expr->type)),
          "compare it, as in `total > 1M`");
      return;
    }
    policy_.report_when = *std::move(expr);
  }

  void read_repeat_key() {
    const YamlNode* node = document_.find("repeat");
    if (node == nullptr || !failed_measures_.empty()) return;
    policy_.repeat = read_repeat(reader_, *node, policy_.measures);
    if (!policy_.window.session) return;
    reader_.error(node->span, kSessionMisfit, "each session that holds is a finding of its own",
                  "leave `repeat` out, or judge windows of one length");
  }

  void read_evidence_key() {
    if (const YamlNode* evidence = document_.find("evidence")) {
      const YamlNode* choice = evidence->find("choose");
      const YamlNode* size = choice != nullptr ? choice->find("largest") : nullptr;
      if (size != nullptr) note_uses(*size);
    }
    read_evidence(reader_, document_, record_scope(), policy_.measures, policy_.evidence);
  }

  void read_exemptions() {
    if (const YamlNode* exempt = document_.find("exempt")) read_own_exemptions(*exempt);
    for (Exemption& shared : references_.exemptions.touching(policy_.id, policy_.reads)) {
      policy_.exempt.push_back(std::move(shared));
    }
  }

  void read_own_exemptions(const YamlNode& exempt) {
    const ExprScope scope = record_scope();
    const auto items = DocumentReader::items(exempt);
    if (items.size() > kMaxExemptions) {
      reader_.error(exempt.span, kTooManyParts, "more than 256 exemptions",
                    "join those that have the same reason");
      return;
    }
    for (const YamlNode* item : items) {
      if (const YamlNode* where = item->find("where")) note_uses(*where);
      if (auto one = read_exemption(reader_, *item, scope, references_.licenses, as_of_)) {
        policy_.exempt.push_back(*std::move(one));
      }
    }
  }

  void warn() {
    if (const YamlNode* select = document_.find("select")) {
      for (const auto& [key, value] : select->members) {
        if (used_.contains(key.scalar)) continue;
        reader_.warn(key.span, kUnusedSelection, "nothing uses the selection `" + key.scalar + "`",
                     "name it in `condition`, or remove it");
      }
    }
    if (policy_.status == PolicyStatus::kRetired) return;
    if (policy_.status == PolicyStatus::kDraft) {
      const YamlNode* status = document_.find("status");
      if (status != nullptr && status->scalar != "draft") return;  // refused: it is no draft
      reader_.warn(status != nullptr ? status->span : policy_.span, kDraftPolicy,
                   "a draft policy reports nothing", "write `status: active` once it is approved");
    }
    const bool red_flags =
        !policy_.basis.empty() && std::ranges::all_of(policy_.basis, [](const Basis& basis) {
          return basis.type == "red_flag";
        });
    if (red_flags) {
      reader_.warn(document_.find("basis")->span, kRedFlagOnly,
                   "the policy rests on red flags alone: its findings are not breaches",
                   "add the term, law, contract or control that is breached, if there is one");
    }
    const YamlNode* tests = document_.find("tests");
    const bool has_tests = tests != nullptr && !DocumentReader::items(*tests).empty();
    if (!has_tests && !references_.tested.contains(policy_.id)) {
      reader_.warn(tests != nullptr ? tests->span : policy_.span, kNoTests,
                   "the policy has no tests",
                   "add `tests`, or a document `tests: " + policy_.id + "`");
    }
    if (policy_.false_positives.empty()) {
      reader_.warn(policy_.span, kNoFalsePositives, "no false positives are named",
                   "say under `false_positives` what innocent use looks like this");
    }
  }

  DocumentReader reader_;
  const YamlNode& document_;
  const PolicyReferences& references_;
  UtcTime as_of_;
  Policy policy_;
  std::set<std::string> used_;             ///< names that conditions and expressions mention
  std::set<std::string> failed_measures_;  ///< names
};

}  // namespace

std::optional<Policy> read_policy(const YamlText& text, const YamlNode& document,
                                  const PolicyReferences& references, UtcTime as_of,
                                  std::vector<Diagnostic>& diagnostics) {
  return PolicyReader(text, document, references, as_of, diagnostics).read();
}

}  // namespace tidewaiter
