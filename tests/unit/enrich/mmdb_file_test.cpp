// Databases of a few bytes, sound and hostile ones.
#include "daemon/enrich/mmdb_file.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/enrich/mmdb_value.h"
#include "tests/unit/enrich/mmdb_bytes.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

/// From `base` on a text of one letter, and behind it arrays of two pointers, each to what stands
/// before it: the last of `levels` has 2^(levels + 1) - 1 values. Each array takes six bytes.
std::string doubling(int levels, std::size_t base) {
  std::string out = mmdb_text("x");
  std::size_t before = 0;
  for (int i = 0; i < levels; ++i) {
    const std::size_t here = out.size();
    out += mmdb_bytes({0x02, 0x04}) + mmdb_pointer(base + before) + mmdb_pointer(base + before);
    before = here;
  }
  return out;
}
std::size_t last_level(int levels) { return 2 + 6 * static_cast<std::size_t>(levels - 1); }

class MmdbFileTest : public testing::Test {
 protected:
  [[nodiscard]] Result<MmdbFile> open(const std::string& content) const {
    std::ofstream(path_, std::ios::binary) << content;
    return MmdbFile::open(path_);
  }

  const TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_ / "small.mmdb";
  const IpAddress address_ = parse_ip("192.0.2.7").value();
};

Result<nlohmann::json> value(const std::string& section, std::size_t at = 0) {
  return read_mmdb_value({reinterpret_cast<const std::uint8_t*>(section.data()), section.size()},
                         at);
}

TEST_F(MmdbFileTest, FindsWhatTheTreeLeadsTo) {
  const std::string data =
      mmdb_text("unread") + mmdb_bytes({0xE1}) + mmdb_text("iso_code") + mmdb_text("SE");
  const auto file = open(mmdb_database(data, 7, mmdb_metadata(mmdb_text("by hand"))));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->identity().type, "Small");
  const auto answer = file->find(address_);
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_TRUE(*answer);
  EXPECT_EQ(*(*answer)->record, (nlohmann::json{{"iso_code", "SE"}}));
}

TEST_F(MmdbFileTest, RefusesARecordWhosePointersMakeItLarge) {
  // By hand: 13 levels are 16,383 values, 14 are 32,767.
  const auto most =
      open(mmdb_database(doubling(13, 0), last_level(13), mmdb_metadata(mmdb_text("large"))));
  ASSERT_TRUE(most) << most.error().message;
  EXPECT_TRUE(most->find(address_));
  for (const int levels : {14, 18, 40}) {
    const auto file =
        open(mmdb_database(doubling(levels, 0), last_level(levels), mmdb_metadata(mmdb_text("x"))));
    ASSERT_TRUE(file) << file.error().message;
    const auto answer = file->find(address_);
    ASSERT_FALSE(answer) << levels;
    EXPECT_EQ(answer.error().code, ErrorCode::kCorruption);
    EXPECT_THAT(answer.error().message, HasSubstr("more values than any needs"));
  }
}

TEST_F(MmdbFileTest, RefusesMetadataWhosePointersMakeItLarge) {
  const std::size_t behind = mmdb_metadata(mmdb_pointer(0)).size();
  const std::string about =
      mmdb_metadata(mmdb_pointer(behind + last_level(40))) + doubling(40, behind);
  const auto file = open(mmdb_database(mmdb_text("x"), 0, about));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(file.error().message, HasSubstr("in its metadata a record has more values"));
}

TEST(MmdbValue, ReadsEachTypeOfTheFormat) {
  EXPECT_EQ(value(mmdb_uint16(7)).value(), 7);
  EXPECT_EQ(value(mmdb_bytes({0xA0})).value(), 0);
  EXPECT_EQ(value(mmdb_bytes({0xC4, 255, 255, 255, 255})).value(), 4294967295U);
  EXPECT_EQ(value(mmdb_bytes({0x04, 0x01, 255, 255, 255, 254})).value(), -2);
  EXPECT_EQ(value(mmdb_bytes({0x05, 0x02, 1, 0, 0, 0, 0})).value(), 4294967296U);
  EXPECT_EQ(value(mmdb_bytes({0x10, 0x03}) + std::string(16, '\xff')).value(),
            "340282366920938463463374607431768211455");
  EXPECT_EQ(value(mmdb_bytes({0x00, 0x03})).value(), "0");
  EXPECT_EQ(value(mmdb_bytes({0x68, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0})).value(), 1.5);
  EXPECT_EQ(value(mmdb_bytes({0x04, 0x08, 0x3F, 0xC0, 0, 0})).value(), 1.5);
  EXPECT_EQ(value(mmdb_bytes({0x01, 0x07})).value(), true);
  EXPECT_EQ(value(mmdb_bytes({0x00, 0x07})).value(), false);
  EXPECT_EQ(value(mmdb_bytes({0x82, 0xDE, 0xAD})).value(), "dead");
  EXPECT_EQ(value(mmdb_bytes({0x02, 0x04}) + mmdb_text("a") + mmdb_uint16(1)).value(),
            (nlohmann::json{"a", 1}));
  EXPECT_EQ(value(mmdb_bytes({0x5D, 1}) + std::string(30, 'b')).value(), std::string(30, 'b'));
  EXPECT_EQ(value(mmdb_bytes({0x5E, 0, 1}) + std::string(286, 'c')).value(), std::string(286, 'c'));
  EXPECT_EQ(value(mmdb_bytes({0x5F, 0, 0, 0}) + std::string(65'821, 'd')).value(),
            std::string(65'821, 'd'));
}

TEST(MmdbValue, FollowsPointersOfEachLength) {
  std::string section = mmdb_bytes({0x20, 20, 0x28, 0, 0, 0x30, 0, 0, 0, 0x38, 0, 8, 8, 2});
  section.resize(526'340, '\0');
  section.replace(20, 2, mmdb_text("a"));
  section.replace(2'048, 2, mmdb_text("b"));
  section.replace(526'336, 2, mmdb_text("c"));
  section.replace(526'338, 2, mmdb_text("d"));
  EXPECT_EQ(value(section, 0).value(), "a");
  EXPECT_EQ(value(section, 2).value(), "b");
  EXPECT_EQ(value(section, 5).value(), "c");
  EXPECT_EQ(value(section, 9).value(), "d");
  // What stands behind a pointer is read where it stands.
  EXPECT_EQ(value(mmdb_bytes({0x02, 0x04}) + mmdb_pointer(4) + mmdb_text("z")).value(),
            (nlohmann::json{"z", "z"}));
}

TEST(MmdbValue, RefusesWhatIsNoValue) {
  const std::string long_text = mmdb_bytes({0x5F, 0, 0, 0}) + std::string(65'821, 'd');
  const auto several = [&long_text](int count) {
    std::string section = mmdb_bytes({count, 0x04});
    for (int i = 0; i < count; ++i)
      section += mmdb_pointer(2 + 2 * static_cast<std::size_t>(count));
    return section + long_text;
  };
  EXPECT_TRUE(value(several(15)));  // by hand: 987,315 bytes
  const std::string bad[] = {
      several(16),                                           // 1,053,136 bytes
      "",                                                    // nothing
      mmdb_bytes({0x43, 'a', 'b'}),                          // a text that ends early
      mmdb_bytes({0xE1}) + mmdb_uint16(1) + mmdb_text("a"),  // a name that is no text
      mmdb_bytes({0x01, 0x04}) + mmdb_pointer(0),            // an array in itself
      mmdb_pointer(2) + mmdb_pointer(0),                     // a pointer to a pointer
      mmdb_pointer(9),                                       // to nowhere
      mmdb_bytes({0x67, 0, 0, 0, 0, 0, 0, 0}),               // a double of seven bytes
      mmdb_bytes({0xA3, 0, 0, 0}),                           // three bytes of uint16
      mmdb_bytes({0x00, 0x05}),                              // the container of a cache
      mmdb_bytes({0x00, 0xFF}),                              // type 262
      mmdb_bytes({0x1F, 0x04, 255, 255, 255}),               // 16 million values that are not there
  };
  for (const std::string& section : bad) {
    const auto read = value(section);
    ASSERT_FALSE(read) << section.substr(0, 16);
    EXPECT_EQ(read.error().code, ErrorCode::kCorruption);
  }
}

}  // namespace
}  // namespace tidewaiter
