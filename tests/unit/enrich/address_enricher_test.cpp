#include "daemon/enrich/address_enricher.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <unistd.h>

#include "policies/model/enriched_fields.h"
#include "policies/model/field_catalogue.h"
#include "tests/unit/enrich/mmdb_bytes.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr FieldId kCountry = field_id("client.country");
constexpr FieldId kAsn = field_id("client.asn");
constexpr FieldId kAnonymizer = field_id("client.anonymizer");
constexpr FieldId kNetwork = field_id("client.network");

/// When the databases by hand were built: 0x6A000000 seconds after 1970.
constexpr UtcTime kBuilt{1'778'384'896 * kSecond.us};
constexpr std::string_view kBuiltDay = "2026-05-10";

class AddressEnricherTest : public testing::Test {
 protected:
  AddressEnricherTest() { fs::create_directories(folder_); }
  ~AddressEnricherTest() override { fs::remove_all(folder_); }

  fs::path put(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }
  /// A list that was changed at the moment at which the databases were built.
  AddressFile list(const std::string& name, const std::string& content,
                   const std::string& anonymizer) const {
    AddressFile file;
    file.form = AddressFile::Form::kList;
    file.path = put(name, content);
    file.anonymizer = anonymizer;
    file.holds_for = kDay;
    const auto since_1970 = std::chrono::seconds(kBuilt.us / kSecond.us);
    fs::last_write_time(file.path,
                        std::chrono::file_clock::from_sys(std::chrono::sys_seconds(since_1970)));
    return file;
  }
  /// A database of one record, for each IPv4 address.
  AddressFile database(const std::string& name, const std::string& record,
                       std::string_view type) const {
    AddressFile file;
    file.path = put(name, mmdb_database(record, 0, mmdb_metadata(mmdb_text("x"), type)));
    return file;
  }
  AddressFile countries(const std::string& name, std::string_view country) const {
    AddressFile file = database(name,
                                mmdb_bytes({0xE1}) + mmdb_text("country") + mmdb_bytes({0xE1}) +
                                    mmdb_text("iso_code") + mmdb_text(country),
                                "Land");
    file.gives_country = true;
    return file;
  }
  AddressFile anonymizers(const std::string& name, const std::string& member) const {
    AddressFile file = database(
        name, mmdb_bytes({0xE1}) + mmdb_text(member) + mmdb_bytes({0x01, 0x07}), "My-Anonymous-IP");
    file.gives_anonymizer = true;
    return file;
  }

  static std::unique_ptr<AddressEnricher> open(std::vector<AddressFile> files) {
    auto opened = AddressEnricher::open({std::move(files)});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }

  static Record from(const std::string& address, UtcTime time = kBuilt) {
    Record record;
    record.time = time;
    set_value(record, field_id("client.address"), address);
    return record;
  }

  const fs::path folder_ =
      fs::path(testing::TempDir()) / ("tidewaiter_enrich_" + std::to_string(::getpid()));
};

std::string text(const Record& record, FieldId id) {
  const Value* const value = find_value(record, id);
  return value == nullptr ? "" : std::get<std::string>(*value);
}

TEST_F(AddressEnricherTest, ComputesTheNetwork) {
  const auto enricher = open({});
  Record four = from("198.51.100.77");
  enricher->enrich(four);
  EXPECT_EQ(text(four, kNetwork), "198.51.100.0/24");
  EXPECT_EQ(enriched_by(four, kNetwork), "");
  Record six = from("2001:db8:abcd:12:34::1");
  enricher->enrich(six);
  EXPECT_EQ(text(six, kNetwork), "2001:db8:abcd::/48");

  Record none;
  enricher->enrich(none);
  EXPECT_TRUE(none.fields.empty());
}

TEST_F(AddressEnricherTest, LeavesWhatTheSourceHasSaid) {
  const auto enricher = open({countries("a.mmdb", "SE")});
  Record record = from("192.0.2.7");
  set_value(record, kCountry, std::string("NO"));
  set_value(record, kNetwork, std::string("192.0.0.0/16"));
  enricher->enrich(record);
  EXPECT_EQ(text(record, kCountry), "NO");
  EXPECT_EQ(text(record, kNetwork), "192.0.0.0/16");
  EXPECT_EQ(find_value(record, field_id("enriched")), nullptr);
}

TEST_F(AddressEnricherTest, TakesTheFirstDatabaseThatSaysSomething) {
  AddressFile silent = countries("a.mmdb", "SE");
  silent.gives_country = false;
  silent.gives_asn = true;
  const auto enricher = open({silent, countries("b.mmdb", "DK"), countries("c.mmdb", "FI")});
  Record record = from("192.0.2.7");
  enricher->enrich(record);
  EXPECT_EQ(text(record, kCountry), "DK");
  EXPECT_EQ(enriched_by(record, kCountry), "Land " + std::string(kBuiltDay));
  EXPECT_EQ(find_value(record, kAsn), nullptr);
}

TEST_F(AddressEnricherTest, TakesNoCountryThatIsNone) {
  for (const char* none : {"\xff\xfe", "EU", "AP", "ZZ", "A1", "se", "SWE"}) {
    const auto enricher = open({countries("a.mmdb", none), countries("b.mmdb", "FI")});
    Record record = from("192.0.2.7");
    enricher->enrich(record);
    EXPECT_EQ(text(record, kCountry), "FI") << none;
  }
}

TEST_F(AddressEnricherTest, ChoosesTorBeforeOthers) {
  const auto enricher =
      open({list("vpn.txt", "192.0.2.0/24\n", "vpn"), list("tor.txt", "192.0.2.7\n", "tor"),
            anonymizers("a.mmdb", "is_public_proxy")});
  Record both = from("192.0.2.7");
  enricher->enrich(both);
  EXPECT_EQ(text(both, kAnonymizer), "tor");
  EXPECT_EQ(enriched_by(both, kAnonymizer), "tor.txt " + std::string(kBuiltDay));
  Record one = from("192.0.2.8");
  enricher->enrich(one);
  EXPECT_EQ(text(one, kAnonymizer), "vpn");
  Record other = from("198.51.100.1");
  enricher->enrich(other);
  EXPECT_EQ(text(other, kAnonymizer), "proxy");
}

TEST_F(AddressEnricherTest, SaysNoneOnlyByADatabaseOfThem) {
  Record by_list = from("192.0.2.7");
  open({list("tor.txt", "198.51.100.1\n", "tor")})->enrich(by_list);
  EXPECT_EQ(find_value(by_list, kAnonymizer), nullptr);
  Record by_database = from("192.0.2.7");
  open({anonymizers("a.mmdb", "is_something_else")})->enrich(by_database);
  EXPECT_EQ(text(by_database, kAnonymizer), "none");
}

// A database that does not know addresses of the kind, or says more than it has words for, is not
// silent.
TEST_F(AddressEnricherTest, SaysNoneOnlyWhereSilenceTells) {
  Record six = from("2001:db8::7");
  open({anonymizers("a.mmdb", "is_something_else")})->enrich(six);
  EXPECT_EQ(find_value(six, kAnonymizer), nullptr);
  Record four = from("192.0.2.7");
  open({anonymizers("b.mmdb", "is_anonymous")})->enrich(four);
  EXPECT_EQ(find_value(four, kAnonymizer), nullptr);
}

TEST_F(AddressEnricherTest, SaysNothingOfAddressesThatMeanNobodyOutside) {
  const auto enricher = open({countries("a.mmdb", "SE")});
  for (const char* address :
       {"10.0.0.5", "100.64.0.1", "127.0.0.1", "172.31.255.255", "192.168.1.1", "169.254.0.1",
        "::1", "fd00::1", "fe80::1", "2002:c000:207::1", "64:ff9b::a00:5"}) {
    Record record = from(address);
    enricher->enrich(record);
    EXPECT_EQ(record.fields.size(), 1U) << address;
  }
  Record translated = from("64:ff9b::c000:207");  // of 192.0.2.7
  enricher->enrich(translated);
  EXPECT_EQ(text(translated, kNetwork), "192.0.2.0/24");
  EXPECT_EQ(text(translated, kCountry), "SE");
  Record beside = from("172.32.0.1");
  enricher->enrich(beside);
  EXPECT_EQ(text(beside, kNetwork), "172.32.0.0/24");
}

TEST_F(AddressEnricherTest, LeavesARecordOfWhichItWasLookedUpElsewhere) {
  Record record = from("192.0.2.7");
  set_enriched(record, kNetwork, std::string("192.0.2.0/24"), {});
  open({countries("a.mmdb", "SE")})->enrich(record);
  EXPECT_EQ(find_value(record, kCountry), nullptr);
}

TEST_F(AddressEnricherTest, SaysNothingOfRecordsFarFromItsDay) {
  AddressFile file = countries("a.mmdb", "SE");
  file.holds_for = kDay;
  const auto enricher = open({file});
  const auto country_at = [&enricher](Duration after) {
    Record record = from("192.0.2.7", kBuilt + after);
    enricher->enrich(record);
    return text(record, kCountry);
  };
  EXPECT_EQ(country_at(kDay), "SE");
  EXPECT_EQ(country_at(Duration{-kDay.us}), "SE");
  EXPECT_EQ(enricher->take_out_of_time(), 0);
  EXPECT_EQ(country_at(Duration{kDay.us + 1}), "");
  EXPECT_EQ(country_at(Duration{-kDay.us - 1}), "");
  EXPECT_EQ(enricher->take_out_of_time(), 2);
  EXPECT_EQ(enricher->take_out_of_time(), 0);
  // What the source has said is not missed.
  Record stated = from("192.0.2.7", kBuilt + Duration{2 * kDay.us});
  set_value(stated, kCountry, std::string("NO"));
  enricher->enrich(stated);
  EXPECT_EQ(enricher->take_out_of_time(), 0);
}

constexpr UtcTime kFirstLook{kBuilt.us + kHour.us};
constexpr UtcTime kLater{kFirstLook.us + 6 * kSecond.us};

TEST_F(AddressEnricherTest, TakesUpAFileThatIsPutThere) {
  const AddressFile file = countries("a.mmdb", "SE");
  const auto enricher = open({file});
  EXPECT_TRUE(enricher->refresh(kFirstLook).value().empty());
  fs::rename(countries("b.mmdb", "FI").path, file.path);
  EXPECT_TRUE(enricher->refresh(kFirstLook).value().empty());
  const auto renewed = enricher->refresh(kLater);
  ASSERT_TRUE(renewed);
  ASSERT_EQ(renewed->size(), 1U);
  EXPECT_EQ(renewed->front().title, "Land");
  Record record = from("192.0.2.7");
  enricher->enrich(record);
  EXPECT_EQ(text(record, kCountry), "FI");

  // What cannot be read takes nothing away, and is told once.
  fs::rename(put("c.mmdb", "no database"), file.path);
  EXPECT_TRUE(enricher->refresh(kFirstLook));
  EXPECT_FALSE(enricher->refresh(kLater));
  EXPECT_TRUE(enricher->refresh(kLater));
  Record again = from("192.0.2.7");
  enricher->enrich(again);
  EXPECT_EQ(text(again, kCountry), "FI");
}

// `curl -o` makes it empty first, and then longer: half a last line would be another address.
TEST_F(AddressEnricherTest, WaitsForAFileThatIsBeingWritten) {
  const AddressFile file = list("tor.txt", "198.51.100.1\n", "tor");
  const auto enricher = open({file});
  std::string content;
  for (const char* part : {"", "192.0.2.1", "7\n"}) {
    content += part;
    put("tor.txt", content);
    EXPECT_TRUE(enricher->refresh(kFirstLook).value().empty()) << content;
  }
  EXPECT_TRUE(enricher->refresh(kFirstLook).value().empty());
  EXPECT_EQ(enricher->refresh(kLater).value().size(), 1U);
  EXPECT_EQ(enricher->files().front().entries, 1);
}

// Written over and cut short, as `cp` does it, under the hands of who looks up in it.
TEST_F(AddressEnricherTest, OutlivesAFileThatIsWrittenOver) {
  const AddressFile file = countries("a.mmdb", "SE");
  const auto enricher = open({file});
  fs::resize_file(file.path, 0);
  Record record = from("192.0.2.7");
  enricher->enrich(record);
  EXPECT_EQ(text(record, kCountry), "SE");
}

TEST_F(AddressEnricherTest, TellsADatabaseThatContradictsItself) {
  AddressFile file = database("a.mmdb", mmdb_bytes({0xE1}), "Land");  // a map cut short
  file.gives_country = true;
  const auto enricher = open({file, countries("b.mmdb", "FI")});
  Record record = from("192.0.2.7");
  enricher->enrich(record);
  EXPECT_EQ(text(record, kCountry), "FI");
  EXPECT_TRUE(enricher->take_fault());
  EXPECT_FALSE(enricher->take_fault());
}

TEST_F(AddressEnricherTest, RefusesFilesOfAnotherForm) {
  AddressFile database;
  database.path = put("a.mmdb", "no database");
  EXPECT_EQ(AddressEnricher::open({{database}}).error().code, ErrorCode::kInvalidInput);
  EXPECT_FALSE(AddressEnricher::open({{list("e.txt", "", "tor")}}));
  EXPECT_FALSE(AddressEnricher::open({{list("c.txt", "# nothing\n", "tor")}}));
  AddressFile systems = this->database("s.mmdb", mmdb_bytes({0xE0}), "GeoLite2-ASN");
  systems.gives_asn = true;
  EXPECT_TRUE(AddressEnricher::look(systems));
  systems.gives_country = true;
  EXPECT_FALSE(AddressEnricher::look(systems));
  const auto opened = AddressEnricher::open({{list("l.txt", "{\"a\": 1}\n", "tor")}});
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("line 1"), std::string::npos);
  database.path = folder_ / "missing.mmdb";
  EXPECT_EQ(AddressEnricher::open({{database}}).error().code, ErrorCode::kNotFound);
}

// A record holds UTF-8, whatever a database is called.
TEST_F(AddressEnricherTest, NamesFilesInPlainWords) {
  AddressFile file = database("a.mmdb",
                              mmdb_bytes({0xE1}) + mmdb_text("country") + mmdb_bytes({0xE1}) +
                                  mmdb_text("iso_code") + mmdb_text("SE"),
                              "My Own\xff");
  file.gives_country = true;
  Record record = from("192.0.2.7");
  open({file})->enrich(record);
  EXPECT_EQ(enriched_by(record, kCountry), "My-Own- " + std::string(kBuiltDay));
  EXPECT_TRUE(check_enriched(record));
}

TEST_F(AddressEnricherTest, RefusesAListOfWhichMuchIsNotRead) {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "192.0.2." + std::to_string(i) + "\n";
  const auto one = AddressEnricher::look(list("one.txt", lines + "what is this\n", "tor"));
  ASSERT_TRUE(one);
  EXPECT_EQ(one->bad_lines, 1);
  EXPECT_EQ(one->entries, 100);
  EXPECT_FALSE(AddressEnricher::look(list("two.txt", lines + "what\nis this\n", "tor")));
}

}  // namespace
}  // namespace tidewaiter
