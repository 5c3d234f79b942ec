// The power goes at every place of the append path, and takes what was not synced, all of it, parts
// of it, or half of the last write. Whatever the disk holds then, the state holds, what was
// acknowledged as durable is there, and no second head of one size is ever signed. A drive that
// lies about a sync may lose what it said was safe: then it is refused, and nothing is signed.

#include "tests/faults/power_cut.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include "tests/faults/recording_disk.h"
#include "tests/faults/signed_sizes.h"
#include "tests/unit/fsck/state_work.h"
#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

/// Hears of every signature before it is made.
std::function<void(const std::string&)>& on_signature() {
  static std::function<void(const std::string&)> listener;
  return listener;
}

}  // namespace
}  // namespace tidewaiter

/// Stands before libsodium's: the program's own functions are found first.
extern "C" int crypto_sign_detached(unsigned char* signature, unsigned long long* signature_size,
                                    const unsigned char* message, unsigned long long message_size,
                                    const unsigned char* secret) {
  if (tidewaiter::on_signature()) {
    tidewaiter::on_signature()(std::string(reinterpret_cast<const char*>(message),
                                           static_cast<std::size_t>(message_size)));
  }
  static const auto real =
      reinterpret_cast<decltype(&crypto_sign_detached)>(::dlsym(RTLD_NEXT, "crypto_sign_detached"));
  return real(signature, signature_size, message, message_size, secret);
}

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 20'261'127;
constexpr std::int64_t kRounds = 3;

std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    // Shared memory is gone with the power.
    if (entry.path().string().ends_with("-shm")) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    files[entry.path().filename()] = bytes.str();
  }
  return files;
}

class PowerCut : public testing::Test {
 protected:
  void SetUp() override {
    // The verifier's private copies too lie where a sync takes no time.
    ::setenv("TMPDIR", (folder_ / "").c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
    fs::create_directory(live_);
    const auto made = StateWork::create(live_);
    ASSERT_TRUE(made) << made.error().message;
    before_ = files_in(live_);
    RecordingDisk disk;
    on_signature() = [&disk](const std::string& body) { disk.mark("signed " + body); };
    ASSERT_NO_FATAL_FAILURE(work(disk));
    on_signature() = nullptr;
  }
  void TearDown() override { on_signature() = nullptr; }

  /// The work that the power cuts off. Two of three entries are signed. Its end is no part of it:
  /// what closing the files does is not noted.
  void work(RecordingDisk& disk) {
    auto state = StateWork::open(live_);
    ASSERT_TRUE(state) << state.error().message;
    for (std::int64_t round = 1; round <= kRounds; ++round) {
      ASSERT_TRUE(state->pull(round));
      const auto index = state->judge("account-" + std::to_string(round));
      ASSERT_TRUE(index) << index.error().message;
      disk.mark("durable " + std::to_string(*index) + ' ' +
                to_hex(sha256(*state->ledger().entry(*index))));
      if (round == kRounds) continue;
      const auto head = state->ledger().sign(kNow);
      ASSERT_TRUE(head) << head.error().message;
      disk.mark("published " + head->note);
    }
    operations_ = disk.operations();
  }

  /// Puts files in the place of those of the last cut. Keys keep their modes.
  void put(const std::map<std::string, std::string>& files) {
    fs::remove_all(cut_);
    fs::create_directory(cut_);
    for (const auto& [name, bytes] : files) {
      std::ofstream(cut_ / name, std::ios::binary) << bytes;
      fs::permissions(cut_ / name, fs::exists(live_ / name) ? fs::status(live_ / name).permissions()
                                                            : fs::perms(0600));
    }
  }

  /// What the marks up to a place say. Heads are those that were "signed ", whether anybody got
  /// to know of them or not, or "published ".
  struct Told {
    std::vector<std::string> durable;
    SignedSizes sizes;
  };
  [[nodiscard]] Told told(std::size_t cut, std::string_view heads) const {
    Told told;
    for (std::size_t i = 0; i < cut; ++i) {
      const DiskOperation& operation = operations_[i];
      if (operation.kind != DiskOperation::Kind::kMark) continue;
      if (operation.bytes.starts_with("durable ")) {
        told.durable.push_back(operation.bytes);
      } else if (operation.bytes.starts_with(heads)) {
        EXPECT_EQ(told.sizes.add(operation.bytes.substr(heads.size())), "");
      }
    }
    return told;
  }

  static void expect_durable(const Ledger& ledger, const Told& told) {
    for (const std::string& line : told.durable) {
      std::istringstream words(line);
      std::string durable;
      std::int64_t index = -1;
      std::string hash;
      words >> durable >> index >> hash;
      const auto entry = ledger.entry(index);
      ASSERT_TRUE(entry) << "entry " << index << " was acknowledged and is gone";
      EXPECT_EQ(to_hex(sha256(*entry)), hash);
    }
  }

  /// Goes on as a daemon that starts again, with other records and findings than before the cut.
  static void go_on(StateWork& state, SignedSizes& sizes) {
    on_signature() = [&sizes](const std::string& body) { EXPECT_EQ(sizes.add(body), ""); };
    EXPECT_TRUE(state.ledger().sign(kNow));
    EXPECT_TRUE(state.pull(kRounds + 1));
    EXPECT_TRUE(state.judge("another"));
    EXPECT_TRUE(state.ledger().sign(kNow));
    on_signature() = nullptr;
  }

  /// Cuts before each operation and after the last. `judge` is told the place.
  void at_every_place(const std::set<std::string>& liars, const std::vector<Unsynced>& fates,
                      const std::function<void(std::size_t place)>& judge) {
    std::mt19937_64 random(kSeed);
    UncertainDisk disk(before_);
    disk.lie_about(liars);
    int cuts = 0;
    for (std::size_t place = 0; place <= operations_.size(); ++place) {
      for (const Unsynced fate : fates) {
        SCOPED_TRACE("cut at " + std::to_string(place) + ", fate " +
                     std::to_string(static_cast<int>(fate)) + ", seed " + std::to_string(kSeed));
        put(disk.cut(fate, random));
        judge(place);
        ASSERT_FALSE(HasFailure());
        ++cuts;
      }
      if (place < operations_.size()) disk.take(operations_[place]);
    }
    std::cout << operations_.size() << " operations, " << cuts << " cuts\n";
  }

  test::ScratchFolder folder_;
  fs::path live_ = folder_ / "live";
  fs::path cut_ = folder_ / "cut";
  std::map<std::string, std::string> before_;
  std::vector<DiskOperation> operations_;
};

TEST_F(PowerCut, WhatWasAcknowledgedIsThere) {
  using enum Unsynced;
  at_every_place({}, {kLost, kKept, kTornHead, kTornTail, kRandom, kRandom, kRandom},
                 [this](std::size_t place) {
                   EXPECT_EQ(problems_of(check_folder(cut_)), "");
                   auto state = StateWork::open(cut_);
                   ASSERT_TRUE(state) << state.error().message;
                   Told before = told(place, "signed ");
                   expect_durable(state->ledger(), before);
                   go_on(*state, before.sizes);
                   EXPECT_EQ(problems_of(check_folder(cut_)), "");
                 });
}

/// Either the loss is named and nobody signs on top of it, or nothing that was published is lost. A
/// signature that was made and not yet in the lock store is lost with the process that made it:
/// nobody has it.
class LyingDrive : public PowerCut {
 protected:
  void expect_refused_or_whole(const std::set<std::string>& liars, const std::string& named) {
    int refused = 0;
    at_every_place(liars, {Unsynced::kLost}, [&](std::size_t place) {
      const std::string problems = problems_of(check_folder(cut_));
      auto state = StateWork::open(cut_);
      EXPECT_EQ(state.has_value(), problems.empty()) << problems;
      Told before = told(place, "published ");
      if (state) return go_on(*state, before.sizes);
      EXPECT_NE(problems.find(named), std::string::npos) << problems;
      ++refused;
    });
    EXPECT_GT(refused, 0);
  }
};

TEST_F(LyingDrive, ALostLedgerIsBehindItsLockStore) {
  expect_refused_or_whole({"ledger.db", "ledger.db-wal"}, "an older copy was put back");
}

TEST_F(LyingDrive, ALostLockStoreIsBehindTheLedger) {
  expect_refused_or_whole({"lock.db"}, "an older lock store was put back");
}

}  // namespace
}  // namespace tidewaiter
