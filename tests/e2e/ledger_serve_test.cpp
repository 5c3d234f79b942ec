// A ledger that is served while it grows, copied over HTTP by a client that knows the specification
// alone, and checked by the program that knows neither.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serving_process.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using testing::StartsWith;

std::string quoted_text(const std::string& text) { return "'" + text + "'"; }

int status_of(const std::string& command) {
  // NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe): the paths are the test's own
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class LedgerServeTest : public testing::Test {
 protected:
  LedgerServeTest() {
    site_.cycle();
    site_.write("ledger.vkey",
                site_({"ledger", "head", "--json"}).json()["verifier_key"].get<std::string>());
  }
  [[nodiscard]] int mirror(const std::string& url, const std::string& folder) const {
    return status_of(std::string("'" PYTHON "' -B '" MIRROR_LOG "' ") + url + " " +
                     quoted_text(site_.path(folder).string()) + " >/dev/null");
  }
  [[nodiscard]] int verify(const std::string& folder) const {
    return status_of(std::string("'" TIDEWAITER_VERIFIER "' ") +
                     quoted_text(site_.path(folder).string()) + " --key " +
                     quoted_text(site_.path("ledger.vkey").string()) + " >/dev/null 2>&1");
  }

  SmallSite site_;
};

TEST_F(LedgerServeTest, IsAWholeLogToWhoeverCopiesIt) {
  const ServingProcess served({"--config", site_.path("tidewaiter.yaml").string(), "ledger",
                               "serve", "--listen", "127.0.0.1:0"});
  ASSERT_THAT(served.url(), StartsWith("http://127.0.0.1:"));
  ASSERT_EQ(mirror(served.url(), "copy"), 0);
  EXPECT_EQ(verify("copy"), 0);
  // It goes on while somebody writes: the next copy has what came meanwhile.
  const auto size = site_({"ledger", "head", "--json"}).json()["size"].get<std::int64_t>();
  site_.write("policies/more.yaml", volume_policy("test.more"));
  site_.now = site_.now + kHour;
  site_.cycle();
  ASSERT_EQ(mirror(served.url(), "later"), 0);
  EXPECT_EQ(verify("later"), 0);
  EXPECT_GT(site_({"ledger", "head", "--json"}).json()["signed"]["size"].get<std::int64_t>(), size);
  // And it is what an export writes.
  ASSERT_EQ(site_({"ledger", "export", "exported"}).status, 0);
  EXPECT_EQ(status_of("diff -r " + quoted_text(site_.path("exported").string()) + " " +
                      quoted_text(site_.path("later").string())),
            0);
}

}  // namespace
}  // namespace tidewaiter
