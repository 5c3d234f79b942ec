// Every byte of every file of an issued report, and that no byte of it is unauthenticated: there is
// no list of such.
//
// The verifier looks at each file by itself, against the manifest that has it, before it looks at
// what the files say. So a byte of a long file is changed beside the manifests alone, where it is
// judged in well under a millisecond; that the rest of a folder excuses nothing is what the bytes
// of the manifests, which are changed in the whole folder, and a byte of each file show.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/verify/bag_manifest.h"
#include "storage/verify/bundle_check.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put_byte(const fs::path& file, std::size_t at, char byte) {
  std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
  out.seekp(static_cast<std::streamoff>(at));
  out.put(byte);
  ASSERT_TRUE(out.flush().good()) << file;
}

/// Another bit at each place, so that all eight are changed all over a file.
char changed_at(std::size_t at, char byte) {
  return static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (at % 8)));
}

/// As the one that was changed. A digest that was changed in a manifest is told of the file that it
/// is not any more, with the manifest that has it.
bool is_named(const BundleReport& report, const std::string& file) {
  const bool is_manifest = file == kManifestFile || file == kTagManifestFile;
  return std::ranges::any_of(report.faults, [&](const BundleFault& fault) {
    if (fault.file == file && fault.why.starts_with("was changed")) return true;
    return is_manifest && fault.why.find('`' + file + '`') != std::string::npos;
  });
}

/// An issued referral that names its subject, and its key.
class BundleSweep : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(site_({"init", "--person", "Li=liaison", "--person", "Ada=approver", "--person",
                     "Cy=counsel", "--person", "Pat=policy-writer"})
                  .status,
              0);
    site_.cycle();
    const std::string about = site_({"case", "list", "--json"}).json()["cases"][0]["id"];
    const Answer drawn =
        site_({"report", "new", "referral", "--case", about, "--profile", "subjects", "--recipient",
               "Agency", "--no-pdf", "--as", "li", "--json"});
    ASSERT_EQ(drawn.status, 0) << drawn.err;
    const std::string id = drawn.json()["report"]["id"];
    for (const char* const who : {"ada", "cy"}) {
      ASSERT_EQ(site_({"report", "approve", id, "--as", who, "--reason", "Read it"}).status, 0);
    }
    ASSERT_EQ(
        site_({"report", "issue", id, "--to", "whole", "--as", "li", "--reason", "Gaps"}).status,
        0);
    key_ = content_of(site_.path("state/ledger.vkey"));
    key_.erase(key_.find_last_not_of(" \r\n") + 1);
    const BundleReport report = verify_bundle(site_.path("whole"), key_);
    ASSERT_TRUE(report.ok()) << bundle_text(report);
    for (const auto& one : fs::recursive_directory_iterator(site_.path("whole"))) {
      if (!one.is_regular_file()) continue;
      files_[one.path().lexically_relative(site_.path("whole")).generic_string()] =
          content_of(one.path());
    }
  }

  /// A folder with one file of the bundle, and its manifests.
  fs::path alone(const std::string& name) const {
    const fs::path folder = site_.path("alone");
    fs::remove_all(folder);
    for (const std::string& one :
         {std::string(kManifestFile), std::string(kTagManifestFile), name}) {
      fs::create_directories((folder / one).parent_path());
      fs::copy_file(site_.path("whole") / one, folder / one);
    }
    return folder;
  }

  /// Changes each byte of a file of `folder`; each change names the file.
  void sweep(const fs::path& folder, const std::string& name) const {
    const std::string& bytes = files_.at(name);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      put_byte(folder / name, at, changed_at(at, bytes[at]));
      const BundleReport report = verify_bundle(folder, key_);
      put_byte(folder / name, at, bytes[at]);
      ASSERT_TRUE(is_named(report, name)) << name << " at " << at << '\n' << bundle_text(report);
      ASSERT_EQ(bundle_exit_code(report), 21) << name << " at " << at;
    }
  }

  SmallSite site_;
  std::string key_;
  std::map<std::string, std::string> files_;
};

TEST_F(BundleSweep, NamesTheFileOfEveryByteThatIsChanged) {
  std::size_t swept = 0;
  for (const auto& [name, bytes] : files_) {
    ASSERT_FALSE(bytes.empty()) << name;
    swept += bytes.size();
    if (name == kManifestFile || name == kTagManifestFile) {
      sweep(site_.path("whole"), name);
    } else {
      const fs::path folder = alone(name);
      // As it is, it is no fault beside the manifests: the sweep sees the change, not the folder.
      ASSERT_FALSE(is_named(verify_bundle(folder, key_), name)) << name;
      sweep(folder, name);
    }
    if (HasFatalFailure()) return;
  }
  RecordProperty("bytes", static_cast<int>(swept));
  std::cout << swept << " bytes of " << files_.size() << " files\n";
  EXPECT_GE(files_.size(), 12U);
}

TEST_F(BundleSweep, OfTheWholeFolderNamesTheOneFileThatIsChanged) {
  for (const auto& [name, bytes] : files_) {
    const std::size_t at = bytes.size() / 2;
    put_byte(site_.path("whole") / name, at, changed_at(at, bytes[at]));
    const BundleReport report = verify_bundle(site_.path("whole"), key_);
    put_byte(site_.path("whole") / name, at, bytes[at]);
    EXPECT_FALSE(report.ok()) << name;
    EXPECT_TRUE(is_named(report, name)) << name;
  }
  EXPECT_TRUE(verify_bundle(site_.path("whole"), key_).ok());
}

// Whatever a file is given at its end, or loses there.
TEST_F(BundleSweep, NamesAFileThatIsLongerOrShorter) {
  for (const auto& [name, bytes] : files_) {
    const fs::path file = site_.path("whole") / name;
    for (const std::string& other :
         {bytes + '\n', bytes + '\0', bytes.substr(0, bytes.size() - 1), std::string()}) {
      std::ofstream(file, std::ios::binary | std::ios::trunc) << other;
      const BundleReport report = verify_bundle(site_.path("whole"), key_);
      EXPECT_FALSE(report.ok()) << name << ' ' << other.size();
      EXPECT_TRUE(is_named(report, name)) << name << ' ' << other.size();
    }
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  }
  EXPECT_TRUE(verify_bundle(site_.path("whole"), key_).ok());
}

}  // namespace
}  // namespace tidewaiter
