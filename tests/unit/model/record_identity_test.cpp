#include "policies/model/record_identity.h"

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

Record bucket() {
  Record record;
  record.source = "gw";
  record.time = {1'700'000'000'000'000};
  record.duration = kHour;
  record.requests = 10;
  set_value(record, find_field("model").value(), std::string("m"));
  set_value(record, find_field("account").value(), std::string("17"));
  set_value(record, find_field("output_tokens").value(), std::int64_t{900});
  set_value(record, find_field("request.batch").value(), true);
  return record;
}

TEST(RecordIdentity, FollowsItsFormula) {
  const Digest expected = Sha256()
                              .update_framed("usage")
                              .update_framed("gw")
                              .update_framed("1700000000000000")
                              .update_framed("3600000000")
                              .update_framed("0")
                              .update_framed("account")
                              .update_framed("17")
                              .update_framed("model")
                              .update_framed("m")
                              .update_framed("request.batch")
                              .update_framed("true")
                              .finish();
  EXPECT_EQ(identity(bucket()), expected);
}

struct Change {
  const char* name;
  void (*apply)(Record&);
  bool same;
};

class RecordIdentityTest : public testing::TestWithParam<Change> {};

TEST_P(RecordIdentityTest, ChangesWithDimensionsAlone) {
  Record changed = bucket();
  GetParam().apply(changed);
  EXPECT_EQ(identity(changed) == identity(bucket()), GetParam().same);
}

void set(Record& record, const char* name, Value value) {
  set_value(record, find_field(name).value(), std::move(value));
}

INSTANTIATE_TEST_SUITE_P(
    All, RecordIdentityTest,
    testing::Values(
        Change{"Requests", [](Record& r) { r.requests = 11; }, true},
        Change{"Tokens", [](Record& r) { set(r, "output_tokens", std::int64_t{1}); }, true},
        Change{"Cost", [](Record& r) { set(r, "cost", std::int64_t{1}); }, true},
        Change{"CostBasis", [](Record& r) { set(r, "cost.basis", std::string("billed")); }, true},
        Change{"Status", [](Record& r) { set(r, "status", std::string("ok")); }, true},
        Change{"Observed", [](Record& r) { r.observed = {5}; }, true},
        Change{"Completeness", [](Record& r) { r.completeness = Completeness::kOpen; }, true},
        Change{"Revision", [](Record& r) { r.revision = 4; }, true},
        Change{"Kind", [](Record& r) { r.kind = RecordKind::kAudit; }, false},
        Change{"Source", [](Record& r) { r.source = "g"; }, false},
        Change{"Start", [](Record& r) { r.time = r.time + kSecond; }, false},
        Change{"Width", [](Record& r) { r.duration = kDay; }, false},
        Change{"Model", [](Record& r) { set(r, "model", std::string("n")); }, false},
        Change{"NoModel", [](Record& r) { set(r, "model", Value{}); }, false},
        Change{"EmptyProject", [](Record& r) { set(r, "project", std::string()); }, false},
        Change{"Batch", [](Record& r) { set(r, "request.batch", false); }, false},
        Change{"ModelAsProject",
               [](Record& r) {
                 set(r, "model", Value{});
                 set(r, "project", std::string("m"));
               },
               false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(RecordIdentity, OrdinalTellsEqualRequestsApart) {
  EXPECT_EQ(identity(bucket()), identity(bucket(), 0));
  EXPECT_NE(identity(bucket(), 0), identity(bucket(), 1));
}

TEST(RecordIdentity, AccountVersionKeepsItsIdentityWhenWhatIsKnownChanges) {
  Record version;
  version.kind = RecordKind::kAccount;
  version.source = "crm";
  version.time = {5};
  set(version, "account", std::string("17"));
  set(version, "plan", std::string("free"));
  Record later = version;
  set(later, "plan", std::string("pro"));
  set(later, "country.billing", std::string("NL"));
  EXPECT_EQ(identity(version), identity(later));
  set(later, "account", std::string("18"));
  EXPECT_NE(identity(version), identity(later));
}

}  // namespace
}  // namespace tidewaiter
