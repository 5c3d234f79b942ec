// Pages without end of each vendor, over real HTTP: each pull reads as many as
// docs/sources/contract.md says, ends, and covers nothing.
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/e2e/vendor_scene.h"

namespace tidewaiter {
namespace {

/// How a pull of pages that nobody stores has ended: a thousand commits to a disk take their time.
struct Walk {
  std::int64_t requests = 0;
  std::vector<SourceCut> cuts;
  std::optional<Error> error;
  bool drained = false;
};

Walk walk(const SourceConfig& config) {
  Walk walk;
  SourceServices services;
  services.now = noon;
  services.variables = provider_variables();
  services.cut = [&walk](const SourceCut& cut) { walk.cuts.push_back(cut); };
  services.sent = [&walk](const SourceRequest&) { ++walk.requests; };
  const auto connector = make_connector(config, services).value();
  std::string cursor;
  while (true) {
    auto page = connector->next(cursor, noon(), {});
    if (!page) walk.error = page.error();
    if (!page || !*page) return walk;
    connector->committed({});
    cursor = (*page)->cursor;
    walk.drained = (*page)->drained.has_value();
    if (walk.drained) return walk;
  }
}

class EndlessTest : public VendorTest {};

TEST_P(EndlessTest, CoversNothing) {
  for (const HostileModeName& mode : hostile_modes()) {
    if (!is_endless(mode.mode, GetParam())) continue;
    SCOPED_TRACE(mode.name);
    const Provider provider(mode.mode, 1, noon);
    SourceConfig config = source(provider);
    config.contract->endpoints.resize(1);  // each has its own bound
    if (!is_directory()) {
      // One window.
      config.contract->since = is_by_request() ? align_down(noon(), kHour) : since_;
      if (is("openrouter")) config.contract->since = align_down(noon() - kDay, kDay);
    }
    const Walk walked = walk(config);
    EXPECT_FALSE(walked.drained) << "coverage was stated over what was not read";
    EXPECT_FALSE(walked.error) << walked.error->message;
    ASSERT_EQ(walked.cuts.size(), 1U);
    EXPECT_EQ(walked.cuts[0].pages, GetParam().endless_pages);
    EXPECT_EQ(walked.requests, GetParam().endless_pages);
  }
}

INSTANTIATE_TEST_SUITE_P(Each, EndlessTest, testing::ValuesIn(vendors()),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

}  // namespace
}  // namespace tidewaiter
