// Pulls of each vendor in processes of their own, which are killed at random moments: in the end a
// source has what an undisturbed pull has.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/e2e/vendor_scene.h"
#include "tests/unit/child_process.h"

namespace tidewaiter {
namespace {

constexpr int kKills = 100;

/// What the processes run: one pull, of what their environment names.
TEST(VendorChild, DISABLED_Pulls) {
  const char* const name = std::getenv("VENDOR_NAME");
  const char* const host = std::getenv("VENDOR_HOST");
  const char* const folder = std::getenv("VENDOR_FOLDER");
  ASSERT_TRUE(name != nullptr && host != nullptr && folder != nullptr);
  const auto log =
      RecordLog::open(std::filesystem::path(folder) / "killed.db", RecordLog::Mode::kReadWrite);
  ASSERT_TRUE(log);
  pull_once(source_of_vendor(vendor(name), host), **log, {}, noon);
}

class KilledPullTest : public VendorTest {
 protected:
  /// The status of a life in a process of its own, killed after `life` if it has not ended by then.
  int live(const Provider& provider, std::chrono::microseconds life) const {
    const OwnProgram pulls(
        {"vendor_child", "--gtest_filter=VendorChild.*", "--gtest_also_run_disabled_tests",
         "--gtest_brief=1"},
        {std::string("VENDOR_NAME=") + GetParam().name, "VENDOR_HOST=" + provider.host(),
         "VENDOR_FOLDER=" + folder_.path().string()});
    ChildProcess child([&pulls] { return pulls.begin(); });
    const auto end = std::chrono::steady_clock::now() + life;
    while (child.is_running() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return child.end(SIGKILL);
  }

  /// How long a life takes that nobody ends. What it has stored goes.
  std::chrono::microseconds whole_life(const Provider& provider) const {
    const auto begun = std::chrono::steady_clock::now();
    const int status = live(provider, std::chrono::minutes(5));
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    forget();
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                 begun);
  }

  void forget() const {
    for (const char* const suffix : {"", "-wal", "-shm", "-journal"}) {
      std::filesystem::remove(folder_ / (std::string("killed.db") + suffix));
    }
  }

  /// One more pull makes what killed ones have left whole.
  void expect_whole(const Provider& provider, const std::map<Digest, std::string>& wanted) {
    EXPECT_FALSE(pull(source(provider), "killed").error);
    EXPECT_TRUE(covered_);
    EXPECT_EQ(lines(), wanted);
  }
};

TEST_P(KilledPullTest, HasInTheEndWhatAnUndisturbedOneHas) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  // Of an audit feed a pull has a hundred events and more, of an analytics report four hundred
  // rows.
  const bool has_many = is_audit() || GetParam().endpoints[0] == "analytics_usage";
  const std::int64_t entries = is_by_request() ? 20 : has_many ? 5 : 1;
  const Provider provider(HostileMode::kNone, entries, noon);
  ASSERT_FALSE(pull(source(provider), "undisturbed").error);
  const std::map<Digest, std::string> wanted = lines();
  ASSERT_FALSE(wanted.empty());
  std::uniform_int_distribution<std::int64_t> life(0, whole_life(provider).count());
  int killed = 0;
  int begun = 1;
  for (int lives = 0; killed < kKills && lives < 10 * kKills; ++lives) {
    const int status = live(provider, std::chrono::microseconds(life(random)));
    if (WIFSIGNALED(status)) {
      ++killed;
      continue;
    }
    ASSERT_EQ(WEXITSTATUS(status), 0);
    expect_whole(provider, wanted);
    forget();
    ++begun;
  }
  expect_whole(provider, wanted);
  std::cout << killed << " kills of " << begun << " pulls\n";
  EXPECT_GT(killed, 0);
}

INSTANTIATE_TEST_SUITE_P(Each, KilledPullTest, testing::ValuesIn(vendors()),
                         [](const auto& vendor) { return std::string(vendor.param.name); });

}  // namespace
}  // namespace tidewaiter
