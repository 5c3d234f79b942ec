// A run beside a time-stamping authority that does not answer.
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/app/app.h"
#include "daemon/timestamp/timestamp_failure.h"
#include "tests/unit/app/temporary_folder.h"
#include "tests/unit/timestamp/authority_server.h"
#include "tests/unit/timestamp/openssl_authority.h"

namespace tidewaiter {
namespace {

// If it waited, the request would end by its own limit, and leave its failure behind.
TEST(RunOnce, DoesNotWaitForAnAuthorityWhenItIsToStop) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  AuthorityServer server([&released](const std::string& /*body*/) {
    released.wait();
    return std::string();
  });
  const OpensslAuthority openssl;
  const TemporaryFolder folder;
  Environment environment;
  environment.working_folder = folder.path();
  environment.host_name = "test";
  ConfigOutcome outcome =
      load_config(folder / "tidewaiter.yaml",
                  "state: state\nledger: {timestamps: {url: \"" + server.url() + "\", ca: \"" +
                      openssl.path("root.pem").string() + "\"}}\n",
                  environment);
  ASSERT_FALSE(has_errors(outcome.diagnostics));
  std::vector<Diagnostic> diagnostics;
  const auto app = App::start(std::move(outcome.config), {}, diagnostics);
  ASSERT_TRUE(app) << app.error().message;

  std::stop_source stop;
  stop.request_stop();
  const auto report = (*app)->run_once(stop.get_token(), kMinute);
  EXPECT_TRUE(report) << report.error().message;
  EXPECT_FALSE(read_timestamp_failure(folder / "state/timestamps"));
  EXPECT_TRUE(std::filesystem::exists(folder / "state/timestamps/1.tsq")) << "nobody was asked";
  release.set_value();
}

}  // namespace
}  // namespace tidewaiter
