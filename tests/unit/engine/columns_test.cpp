#include "policies/engine/columns.h"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/property/random.h"
#include "tests/property/seeds.h"

namespace tidewaiter {
namespace {

/// Texts that differ in length, in their ends, in the middle, or not at all.
std::string random_text(Random& random, std::int64_t different) {
  std::string text(static_cast<std::size_t>(random.number(0, 24)), 'a');
  if (random.chance(20)) text += std::string(1, '\0');
  const std::string number = std::to_string(random.number(0, different));
  const auto at = static_cast<std::size_t>(random.number(0, std::int64_t(text.size())));
  return random.chance(10) ? text : text.insert(at, number);
}

/// Whether few texts come or many, and whichever way they are asked for.
TEST(Dictionary, NumbersEachTextOnceInTheOrderOfTheirComing) {
  over_random_seeds(4, [](std::uint64_t seed) {
    Random random(seed);
    const std::int64_t different = random.chance(50) ? 20 : 5'000;
    Dictionary dictionary;
    std::map<std::string, std::uint32_t, std::less<>> numbers;
    for (int round = 0; round < 200; ++round) {
      std::vector<std::string> texts(static_cast<std::size_t>(random.number(0, 100)));
      for (std::string& text : texts) text = random_text(random, different);
      const std::vector<std::string_view> views(texts.begin(), texts.end());
      std::vector<std::uint32_t> ids(texts.size());
      if (random.chance(70)) {
        dictionary.intern_all(views, ids);
      } else {
        for (std::size_t i = 0; i < texts.size(); ++i) ids[i] = dictionary.intern(texts[i]);
      }
      for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto next = static_cast<std::uint32_t>(numbers.size());
        ASSERT_EQ(ids[i], numbers.try_emplace(texts[i], next).first->second) << texts[i];
        ASSERT_EQ(dictionary.text(ids[i]), texts[i]);
      }
      ASSERT_EQ(dictionary.size(), numbers.size());
    }
  });
}

Value random_value(Random& random, const Field& field) {
  switch (field.type) {
    case ValueType::kBool:
      return random.chance(50);
    case ValueType::kDouble:
      return static_cast<double>(random.number(0, 99)) / 4.0;
    case ValueType::kString:
    case ValueType::kIp:
      return random_text(random, 3'000);
    case ValueType::kStringList: {
      std::vector<std::string> items;
      for (std::int64_t i = random.number(0, 3); i > 0; --i)
        items.push_back(random_text(random, 9));
      return items;
    }
    default:
      return random.number(0, 1'000'000);
  }
}

/// What the columns say of a field of a row.
Value in_columns(ColumnSet& columns, FieldId id, std::size_t row) {
  const Column& column = columns.column(id);
  if (!column.valid.test(row)) return {};
  Dictionary& dictionary = columns.dictionary(id);
  switch (column.type) {
    case ValueType::kBool:
      return column.ints[row] != 0;
    case ValueType::kDouble:
      return column.doubles[row];
    case ValueType::kString:
    case ValueType::kIp:
      return std::string(dictionary.text(column.texts[row]));
    case ValueType::kStringList: {
      std::vector<std::string> items;
      for (std::uint32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
        items.emplace_back(dictionary.text(column.items[i]));
      }
      return items;
    }
    default:
      return column.ints[row];
  }
}

TEST(ColumnSet, HoldsEveryFieldOfEveryRecord) {
  over_random_seeds(6, [](std::uint64_t seed) {
    Random random(seed);
    ColumnSet columns;
    std::vector<FieldId> used;
    for (std::size_t i = 0; i < fields().size(); ++i) {
      if (random.chance(70)) used.push_back(static_cast<FieldId>(i));
    }
    for (const FieldId id : used) columns.use(id);
    for (const std::size_t rows : {0U, 1U, 255U, 256U, 257U, 600U, 40U}) {
      std::vector<Record> records(rows);
      std::vector<const Record*> places;
      for (Record& record : records) {
        record.source = random.chance(50) ? "a" : "b";
        record.time = {random.number(0, 1'000'000)};
        record.duration = {random.number(0, 5)};
        record.requests = random.number(0, 9);
        for (std::size_t i = kFieldSource + 1; i < fields().size(); ++i) {
          const auto id = static_cast<FieldId>(i);
          if (random.chance(30)) set_value(record, id, random_value(random, field(id)));
        }
        places.push_back(&record);
      }
      columns.load(places);
      ASSERT_EQ(columns.rows(), rows);
      for (const FieldId id : used) {
        for (std::size_t row = 0; row < rows; ++row) {
          ASSERT_EQ(in_columns(columns, id, row), field_value(records[row], id))
              << field(id).name << ", row " << row;
          const bool is_text = field(id).type == ValueType::kString;
          if (is_text && !columns.column(id).valid.test(row)) {
            ASSERT_EQ(columns.column(id).texts[row], kNoText);
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace tidewaiter
