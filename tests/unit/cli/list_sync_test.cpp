#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"
#include "tests/unit/published_lists/publisher.h"

namespace tidewaiter {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ListSyncVerb : public testing::Test {
 protected:
  ListSyncVerb() {
    publisher_.publish("/own.csv", "id,name,alias\n1,Queen Bee Imports,QBI\n2,Wasp Holding,\n");
    site_.write("tidewaiter.yaml", "state: state\nlists: [{name: own, url: \"" +
                                       publisher_.url("/own.csv") + "\"}]\n");
  }
  SmallSite site_;
  Publisher publisher_;
};

TEST_F(ListSyncVerb, FetchesWhatIsConfigured) {
  const Answer first = site_({"list", "sync"});
  EXPECT_EQ(first.status, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("LIST  OUTCOME  ENTRIES  ADDED  REMOVED  CHANGED  UNREADABLE"));
  EXPECT_THAT(first.out, HasSubstr("own   new            2      2        0        0           0"));
  const Answer second = site_({"list", "sync", "own", "--json"});
  EXPECT_EQ(second.json()["lists"][0]["outcome"], "unchanged");
  EXPECT_EQ(second.json()["lists"][0]["freshness"], "fresh");
}

TEST_F(ListSyncVerb, SaysWhatIsHeldAndWhy) {
  publisher_.fail("/own.csv", 500);
  const Answer first = site_({"list", "sync"});
  EXPECT_EQ(first.status, 5);
  EXPECT_EQ(first.err, "own: it answered with status 500; there is no issue of it\n");
  publisher_.publish("/own.csv", "id,name\n1,Queen Bee Imports\n");
  EXPECT_EQ(site_({"list", "sync"}).status, 0);
  publisher_.fail("/own.csv", 500);
  const Answer again = site_({"list", "sync"});
  EXPECT_EQ(again.status, 5);
  EXPECT_EQ(again.err,
            "own: it answered with status 500; the issue that was confirmed at "
            "2026-10-05T14:00:00Z goes on holding\n");
  EXPECT_THAT(again.out, HasSubstr("own   held"));
}

TEST_F(ListSyncVerb, TellsHowItStandsWithAList) {
  const Answer missing = site_({"list", "status"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.out, HasSubstr("own   missing"));
  ASSERT_EQ(site_({"list", "sync"}).status, 0);
  const Answer fresh = site_({"list", "status"});
  EXPECT_EQ(fresh.status, 0);
  EXPECT_THAT(fresh.out, AllOf(HasSubstr("own   fresh"), HasSubstr("2026-10-05T14:00:00Z")));
  site_.now = UtcTime{site_.now.us + 4 * kDay.us};
  publisher_.fail("/own.csv", 404);
  EXPECT_EQ(site_({"list", "sync"}).status, 5);
  const Answer stale = site_({"list", "status"});
  EXPECT_EQ(stale.status, 1);
  EXPECT_THAT(stale.out,
              AllOf(HasSubstr("own   stale"),
                    HasSubstr("own: the attempt at 2026-10-09T14:00:00Z brought nothing: "
                              "it answered with status 404\n")));
  const auto json = site_({"list", "status", "--json"}).json()["lists"][0];
  EXPECT_EQ(json["freshness"], "stale");
  EXPECT_EQ(json["issue"]["entries"], 2);
  EXPECT_EQ(json["issue"]["names"], 3);
}

TEST_F(ListSyncVerb, IsToldInStatusWhereItIsStale) {
  ASSERT_EQ(site_({"init"}).status, 0);
  EXPECT_THAT(site_({"status"}).out, HasSubstr("lists     1 configured\n          missing: own; "));
  ASSERT_EQ(site_({"list", "sync"}).status, 0);
  EXPECT_THAT(site_({"status"}).out, HasSubstr("lists     1 configured, fresh\n"));
  site_.now = UtcTime{site_.now.us + 4 * kDay.us};
  EXPECT_THAT(site_({"status"}).out,
              HasSubstr("lists     1 configured\n          stale: own, last confirmed "
                        "2026-10-05T14:00:00Z; `tidewaiter list sync own` fetches it\n"));
  const auto json = site_({"status", "--json"}).json();
  EXPECT_EQ(json["lists"][0]["freshness"], "stale");
}

TEST_F(ListSyncVerb, IsWhatSearchShowsEntriesOf) {
  ASSERT_EQ(site_({"list", "sync"}).status, 0);
  site_.now = UtcTime{site_.now.us + 4 * kDay.us};
  const Answer found = site_({"list", "search", "QBI"});
  EXPECT_EQ(found.status, 0);
  EXPECT_THAT(found.err, HasSubstr("the list `own` is stale"));
  EXPECT_THAT(found.out,
              AllOf(HasSubstr("Queen Bee Imports  1 by QBI\n"), HasSubstr("own, entry 1; issue "),
                    HasSubstr("of 2026-10-05, confirmed 4 days ago, stale\n"),
                    HasSubstr("1 entry of 2 in 1 list")));
  const auto entry = site_({"list", "search", "QBI", "--json"}).json()["entries"][0];
  EXPECT_EQ(entry["list"], "own");
  EXPECT_EQ(entry["freshness"], "stale");
  EXPECT_EQ(entry["aliases"][0]["name"], "QBI");
}

TEST_F(ListSyncVerb, IsWhatScreenLooksIn) {
  const Answer missing = site_({"screen", "Queen Bee Imports"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.err, HasSubstr("the list `own` has not been fetched yet: run `tidewaiter "
                                     "list sync`"));
  ASSERT_EQ(site_({"list", "sync"}).status, 0);
  const Answer hit = site_({"screen", "Imports Queen Bee", "--json"});
  EXPECT_EQ(hit.status, 0) << hit.err;
  EXPECT_EQ(hit.err, "");
  EXPECT_EQ(hit.json()["names"][0]["hits"][0]["list"], "own");
  EXPECT_EQ(hit.json()["lists"][0]["name"], "own");
  EXPECT_EQ(hit.json()["lists"][0]["freshness"], "fresh");
  site_.now = UtcTime{site_.now.us + 4 * kDay.us};
  const Answer stale = site_({"screen", "Imports Queen Bee"});
  EXPECT_EQ(stale.err,
            "the list `own` is stale: its publisher last confirmed it at 2026-10-05T14:00:00Z\n");
  EXPECT_THAT(stale.out, HasSubstr("1 hit"));
}

TEST_F(ListSyncVerb, NamesWhatIsNotConfigured) {
  const Answer unknown = site_({"list", "sync", "onw"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("no list `onw` is configured"));
  site_.write("tidewaiter.yaml", "state: state\n");
  EXPECT_THAT(site_({"list", "status"}).err, HasSubstr("no lists are configured: see `lists:`"));
  EXPECT_THAT(site_({"screen", "Queen Bee"}).err, HasSubstr("no list to look in"));
}

}  // namespace
}  // namespace tidewaiter
