#include "policies/sql/window_query.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policies/language/times_in_force.h"
#include "policies/sql/expression_sql.h"

namespace tidewaiter {
namespace {

/// What a measure is over the rows of `held`, an input and a window each.
struct MeasureSql {
  std::string value;
  std::string doubt;  ///< true of a row that is no certain input, or one of unknown value
};

class QueryWriter {
 public:
  QueryWriter(const Policy& policy, SqlDialect dialect) : policy_(policy), dialect_(dialect) {}

  Result<std::string> write() {
    if (auto fits = check_shape(); !fits) return tl::unexpected(fits.error());
    const Result<std::string> truth = truth_sql();
    if (!truth) return truth;
    std::vector<MeasureSql> measures;
    for (const Measure& measure : policy_.measures) {
      Result<MeasureSql> sql = measure_sql(measure);
      if (!sql) return tl::unexpected(sql.error());
      values_.push_back(measure.aggregate == Aggregate::kFormula
                            ? sql->value
                            : sql_name("m" + std::to_string(measures.size())));
      measures.push_back(std::move(*sql));
    }
    const Result<std::string> holds = expression_sql(policy_.report_when, values_, dialect_);
    if (!holds) return holds;
    return "WITH RECURSIVE " + judged_sql(*truth) + ",\n" + held_sql() + ",\n" +
           figures_sql(measures) + "\n" + answer_sql(*holds);
  }

 private:
  static tl::unexpected<Error> refuse(const std::string& what) {
    return fail(ErrorCode::kUnsupported, what + " has no SQL form");
  }

  [[nodiscard]] Result<void> check_shape() const {
    if (policy_.reads == RecordKind::kFinding) return refuse("a policy that reads findings");
    if (policy_.linkage) return refuse("`for_each: cluster`");
    if (policy_.window.calendar) return refuse("a calendar window");
    if (policy_.window.session) return refuse("a session window");
    return {};
  }

  /// `condition and not (exempt[0] or …)`: docs/evaluation.md, What is judged.
  Result<std::string> truth_sql() const {
    Result<std::string> truth = expression_sql(policy_.condition, {}, dialect_);
    if (!truth) return truth;
    for (const Exemption& exemption : policy_.exempt) {
      const Result<std::string> where = expression_sql(exemption.where, {}, dialect_);
      if (!where) return where;
      *truth = "(" + *truth + " AND NOT (" + *where + " AND \"time\" < " +
               std::to_string(exemption.until.us) + "))";
    }
    return truth;
  }

  /// The records that are the policy's business, each with its truth.
  [[nodiscard]] std::string judged_sql(const std::string& truth) const {
    std::string when;
    for (const Interval& times : times_in_force(policy_)) {
      when += (when.empty() ? "" : " OR ") + std::string("(\"time\" >= ") +
              std::to_string(times.from.us) + " AND \"time\" < " + std::to_string(times.to.us) +
              ")";
    }
    return "judged AS (SELECT *, " + truth + " AS truth FROM record WHERE \"kind\" = " +
           sql_literal(std::string(kind_name(policy_.reads))) + " AND (" +
           (when.empty() ? "FALSE" : when) + "))";
  }

  /// Each input beside each window that holds its time.
  [[nodiscard]] std::string held_sql() const {
    const std::int64_t panes = policy_.window.length.us / policy_.window.every.us;
    const std::string every = std::to_string(policy_.window.every.us);
    std::string out = "pane(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM pane WHERE k + 1 < " +
                      std::to_string(panes) + "),\nheld AS (SELECT judged.*, " + subject_source() +
                      " AS subject_source, (" +
                      sql_floor_divide("\"time\"", policy_.window.every.us, dialect_) + " - k) * " +
                      every +
                      " AS window_from FROM judged CROSS JOIN pane WHERE "
                      "truth IS NOT FALSE";
    for (const FieldId id : policy_.for_each) {
      out += " AND " + sql_name(field(id).name) + " IS NOT NULL";
    }
    return out + ")";
  }

  [[nodiscard]] std::string subject_source() const {
    const bool qualified =
        std::ranges::any_of(policy_.for_each, [](FieldId id) { return field(id).id_of_source; });
    return qualified ? "\"source\"" : "''";
  }

  [[nodiscard]] std::string group_columns() const {
    std::string out = "subject_source";
    for (const FieldId id : policy_.for_each) out += ", " + sql_name(field(id).name);
    return out + ", window_from";
  }

  [[nodiscard]] std::string figures_sql(const std::vector<MeasureSql>& measures) const {
    std::string out = "figures AS (SELECT " + group_columns();
    std::string doubts = "truth IS NULL";
    for (std::size_t i = 0; i < measures.size(); ++i) {
      if (policy_.measures[i].aggregate == Aggregate::kFormula) continue;
      out += ",\n  " + measures[i].value + " AS " + sql_name("m" + std::to_string(i));
      doubts += " OR " + measures[i].doubt;
    }
    return out + ",\n  sum(CASE WHEN " + doubts +
           " THEN 1 ELSE 0 END) AS doubts FROM held GROUP BY " + group_columns() + ")";
  }

  [[nodiscard]] std::string answer_sql(const std::string& holds) const {
    std::string out = "SELECT subject_source AS source";
    for (std::size_t i = 0; i < policy_.for_each.size(); ++i) {
      out += ", " + sql_name(field(policy_.for_each[i]).name) + " AS s" + std::to_string(i);
    }
    out += ", window_from";
    for (std::size_t i = 0; i < values_.size(); ++i) {
      out += ", " + values_[i] + " AS m" + std::to_string(i);
    }
    return out + ", " + holds + " AS holds, doubts FROM figures";
  }

  /// Rows that are certain inputs of the measure, and such that may be.
  Result<MeasureSql> measure_sql(const Measure& measure) const {
    if (measure.aggregate == Aggregate::kFormula) {
      auto value = expression_sql(*measure.formula, values_, dialect_);
      if (!value) return tl::unexpected(value.error());
      return MeasureSql{std::move(*value), {}};
    }
    std::string certain = "truth";
    std::string doubt = "FALSE";
    if (measure.where) {
      const auto where = expression_sql(*measure.where, {}, dialect_);
      if (!where) return tl::unexpected(where.error());
      certain = "(truth AND " + *where + ")";
      doubt = "(" + *where + ") IS NULL";
    }
    std::string argument;
    if (measure.argument) {
      const auto text = expression_sql(*measure.argument, {}, dialect_);
      if (!text) return tl::unexpected(text.error());
      argument = *text;
      doubt = "(" + doubt + " OR (" + certain + " AND " + argument + " IS NULL))";
    }
    auto value = aggregate_sql(measure, certain, argument);
    if (!value) return tl::unexpected(value.error());
    return MeasureSql{std::move(*value), std::move(doubt)};
  }

  Result<std::string> aggregate_sql(const Measure& measure, const std::string& certain,
                                    const std::string& argument) const {
    const std::string value = "CASE WHEN " + certain + " THEN " +
                              (measure.argument ? argument : std::string("\"requests\"")) + " END";
    const bool real = measure.argument && measure.argument->type == ValueType::kDouble;
    switch (measure.aggregate) {
      case Aggregate::kCount:
        return sql_whole_sum("(" + value + ")", dialect_);
      case Aggregate::kSum:
        return real ? "coalesce(sum(" + value + "), 0.0)"
                    : sql_whole_sum("(" + value + ")", dialect_);
      case Aggregate::kMin:
        return "min(" + value + ")";
      case Aggregate::kMax:
        return "max(" + value + ")";
      case Aggregate::kDistinct:
        return "count(DISTINCT " + value + ")";
      case Aggregate::kQuantile:
        return nearest_rank(measure.quantile, certain, argument);
      case Aggregate::kRate:
        return "(coalesce(sum(CAST(" + value + " AS DOUBLE)), 0.0) / " +
               sql_literal(static_cast<double>(policy_.window.length.us) / 1e6) + ")";
      case Aggregate::kAvg:
        if (measure.type != ValueType::kDouble) return refuse("the mean of money or times");
        return "avg(CAST(" + value + " AS DOUBLE))";
      default:
        return refuse("`" + std::string(aggregate_name(measure.aggregate)) + "`");
    }
  }

  /// With n values the one at rank ceil(q·n), among the rows of the same subject and window.
  [[nodiscard]] std::string nearest_rank(const Fraction& q, const std::string& certain,
                                         const std::string& argument) const {
    std::string same =
        "one.subject_source = held.subject_source AND one.window_from = held.window_from";
    for (const FieldId id : policy_.for_each) {
      const std::string name = sql_name(field(id).name);
      same += " AND one." + name + " = held." + name;
    }
    const std::string rank = sql_floor_divide(
        "(n * " + std::to_string(q.numerator) + " + " + std::to_string(q.denominator - 1) + ")",
        q.denominator, dialect_);
    return "(SELECT v FROM (SELECT " + argument + " AS v, row_number() OVER (ORDER BY " + argument +
           ") AS r, count(*) OVER () AS n FROM held AS one WHERE " + certain + " AND " + argument +
           " IS NOT NULL AND " + same + ") WHERE r = " + rank + ")";
  }

  const Policy& policy_;
  SqlDialect dialect_;
  std::vector<std::string> values_;  ///< what stands for each measure in the answer
};

}  // namespace

Result<std::string> window_query(const Policy& policy, SqlDialect dialect) {
  return QueryWriter(policy, dialect).write();
}

}  // namespace tidewaiter
