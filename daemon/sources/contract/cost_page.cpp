#include "daemon/sources/contract/cost_page.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policies/model/ascii.h"
#include "policies/model/digest.h"
#include "policies/model/field_catalogue.h"
#include "policies/model/money.h"

namespace tidewaiter {
namespace {

namespace ondemand = simdjson::ondemand;

using CostDimensions = std::vector<std::optional<std::string>>;

/// An amount as it is written. Nothing: not there, or null.
struct WrittenAmount {
  std::optional<std::string> number;
  std::optional<std::string> currency;
};

class CostRows final : public BucketRows {
 public:
  explicit CostRows(const CostReading& reading) : reading_(reading), shape_(*reading.shape) {}

  PageRead read_row(ondemand::object& object) override {
    MembersSeen seen;
    Row row;
    row.dimensions.resize(shape_.dimensions.size());
    WrittenAmount amount;
    bool named = shape_.row_object.empty();
    const auto take = [&](std::string_view name, ondemand::value value) -> PageRead {
      if (!seen.is_first(name)) return row_fault("it has `" + std::string(name) + "` twice");
      if (name == "object" && !shape_.row_object.empty()) {
        named = true;
        return expect_text(value, "object", shape_.row_object);
      }
      if (name == "amount") {
        return shape_.amount_is_object ? read_amount(value, amount)
                                       : read_digits(value, name, amount.number);
      }
      if (name == "currency" && !shape_.amount_is_object) {
        return read_text(value, name, amount.currency);
      }
      const auto found = std::ranges::find(shape_.dimensions, name, &CostDimension::member);
      if (found == shape_.dimensions.end()) return std::nullopt;
      const auto place = static_cast<std::size_t>(found - shape_.dimensions.begin());
      return read_text(value, name, row.dimensions[place]);
    };
    if (PageRead fault = each_member(object, take)) return fault;
    if (!named) return page_fault("a row lacks `object`");
    if (PageRead fault = take_amount(amount, row.cost)) return fault;
    rows_.push_back(std::move(row));
    return std::nullopt;
  }

  PageRead close_bucket(Interval time, std::vector<Record>& records) override {
    std::map<CostDimensions, Money> sums;
    for (const Row& row : std::exchange(rows_, {})) {
      std::int64_t& sum = sums[row.dimensions].nano_usd;
      if (__builtin_add_overflow(sum, row.cost.nano_usd, &sum)) {
        return page_fault("rows of one party have too large a sum");
      }
    }
    for (const auto& [dimensions, cost] : sums) {
      records.push_back(record_of(dimensions, cost, time));
    }
    return std::nullopt;
  }

 private:
  struct Row {
    CostDimensions dimensions;
    Money cost;
  };

  static PageRead read_amount(ondemand::value& value, WrittenAmount& out) {
    ondemand::object amount;
    if (const auto code = value.get_object().get(amount); code != simdjson::SUCCESS) {
      return value_fault("amount", code);
    }
    MembersSeen seen;
    return each_member(amount, [&](std::string_view name, ondemand::value member) -> PageRead {
      if (!seen.is_first(name)) return row_fault("`amount` has a member twice");
      if (name == "value") return read_digits(member, "amount.value", out.number);
      if (name == "currency") return read_text(member, "amount.currency", out.currency);
      return std::nullopt;
    });
  }

  PageRead take_amount(const WrittenAmount& amount, Money& cost) const {
    if (!amount.number) return row_fault("it has no amount");
    if (!amount.currency || ascii_lower(*amount.currency) != "usd") {
      return row_fault("its amount is not in US dollars");
    }
    const Result<Money> money = round_money(*amount.number, shape_.power);
    if (!money) return row_fault("its amount cannot be an amount of money");
    cost = *money;
    return std::nullopt;
  }

  [[nodiscard]] Digest id_of(const CostDimensions& dimensions, Interval time) const {
    Sha256 hash;
    hash.update_framed(shape_.connector).update_framed(reading_.source);
    hash.update_framed("costs");
    hash.update_framed(std::to_string((time.to - time.from).us));
    hash.update_framed(std::to_string(time.from.us));
    for (std::size_t i = 0; i < dimensions.size(); ++i) {
      hash.update_framed(shape_.dimensions[i].member);
      hash.update_framed(dimensions[i] ? "value" : "null");
      hash.update_framed(dimensions[i].value_or(std::string()));
    }
    return hash.finish();
  }

  [[nodiscard]] Record record_of(const CostDimensions& dimensions, Money cost,
                                 Interval time) const {
    Record record;
    record.kind = RecordKind::kUsage;
    record.id = id_of(dimensions, time);
    record.time = time.from;
    record.duration = time.to - time.from;
    record.requests = 0;
    set_value(record, field_id("provider"), std::string(shape_.connector));
    set_value(record, field_id("operation"), std::string("costs"));
    set_value(record, field_id("cost"), cost.nano_usd);
    set_value(record, field_id("cost.basis"), std::string("billed"));
    if (!reading_.organization.empty()) {
      set_value(record, field_id("organization"), std::string(reading_.organization));
    }
    for (std::size_t i = 0; i < dimensions.size(); ++i) {
      if (!dimensions[i]) continue;
      const CostDimension& dimension = shape_.dimensions[i];
      if (!dimension.field.empty()) {
        set_value(record, *find_field(dimension.field), *dimensions[i]);
      }
      if (dimension.member == reading_.account) {
        set_value(record, field_id("account"), *dimensions[i]);
      }
    }
    return record;
  }

  const CostReading& reading_;
  const CostShape& shape_;
  std::vector<Row> rows_;  ///< of the bucket under way
};

}  // namespace

std::set<FieldId> cost_fields(const CostShape& shape, const ContractConfig& config) {
  std::set<FieldId> fields;
  for (const char* const name : {"provider", "operation", "cost", "cost.basis", "account"}) {
    fields.insert(*find_field(name));
  }
  if (!config.organization.empty()) fields.insert(field_id("organization"));
  for (const CostDimension& dimension : shape.dimensions) {
    if (!dimension.field.empty()) fields.insert(*find_field(dimension.field));
  }
  return fields;
}

Result<FeedAnswer> read_cost_page(std::string_view body, const CostReading& reading) {
  CostRows rows(reading);
  return read_bucket_page(body, reading.shape->bucket, kDay, reading.window, rows);
}

}  // namespace tidewaiter
