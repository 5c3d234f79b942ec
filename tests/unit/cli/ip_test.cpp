#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/cli/small_site.h"
#include "tests/unit/enrich/mmdb_bytes.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(IpVerb, TextsThatAreNotUtf8ArePrintedWithTheirBytesReplaced) {
  const SmallSite site;
  const std::string record = mmdb_bytes({0xE1}) + mmdb_text("organization") + mmdb_text("Caf\xe9");
  site.write("small.mmdb", mmdb_database(record, 0, mmdb_metadata(mmdb_text("by hand"))));
  const Answer raw = site({"ip", "192.0.2.7", "--database", "small.mmdb", "--raw"});
  EXPECT_EQ(raw.status, 0) << raw.err;
  EXPECT_THAT(raw.out, HasSubstr("Caf\xef\xbf\xbd"));
  const Answer json = site({"ip", "192.0.2.7", "--database", "small.mmdb", "--json"});
  EXPECT_EQ(json.status, 0) << json.err;
}

TEST(IpVerb, AListWithoutALineThatIsReadIsAnError) {
  const SmallSite site;
  site.write("page.lst", "<html>\n<p>192.0.2.7</p>\n");
  const Answer answer = site({"ip", "192.0.2.7", "--list", "page.lst"});
  EXPECT_EQ(answer.status, 3);
  EXPECT_THAT(answer.err, HasSubstr("one address or network a line"));
  EXPECT_THAT(answer.err, HasSubstr("line 1: "));
  EXPECT_THAT(answer.out, Not(HasSubstr("nothing is known")));
}

TEST(IpVerb, ALineThatIsNotReadHidesNoOther) {
  const SmallSite site;
  site.write("exits.lst", "nonsense\nExitAddress 192.0.2.7 2026-11-20 02:02:00\n");
  const Answer answer = site({"ip", "192.0.2.7", "--list", "exits.lst"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("listed, by 192.0.2.7/32"));
  EXPECT_THAT(answer.err, HasSubstr("1 line of exits.lst"));
}

TEST(IpVerb, AnEmptyListIsOne) {
  const SmallSite site;
  site.write("empty.lst", "# nobody, today\n");
  const Answer answer = site({"ip", "192.0.2.7", "--list", "empty.lst"});
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("nothing is known"));
}

}  // namespace
}  // namespace tidewaiter
