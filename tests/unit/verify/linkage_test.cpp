// The verifier must not be able to reach a network: it loads these libraries and no others.
#include <array>
#include <cstdio>
#include <memory>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

constexpr std::string_view kAllowed[] = {
    "linux-vdso.so.", "ld-linux", "libc.so.", "libm.so.", "libgcc_s.so.", "libstdc++.so.",
    "libsqlite3.so.", "libSQLiteCpp", "libsodium.so.", "libcrypto.so.", "libsimdjson.so.",
    // sanitizers and what they and SQLite load
    "libasan.so.", "libubsan.so.", "libtsan.so.", "libdl.so.", "libpthread.so.", "librt.so.",
    "libz.so."};

TEST(VerifierExecutable, LoadsNoLibraryThatIsNotOnTheList) {
  const std::string command = "ldd '" TIDEWAITER_VERIFIER "'";
  const auto close = [](FILE* pipe) { return ::pclose(pipe); };
  // NOLINTNEXTLINE(cert-env33-c): the path is the build's own
  const std::unique_ptr<FILE, decltype(close)> pipe(::popen(command.c_str(), "r"), close);
  ASSERT_TRUE(pipe);
  std::string listing;
  std::array<char, 512> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) listing += buffer.data();
  ASSERT_THAT(listing, testing::HasSubstr("libc.so."));

  std::istringstream lines(listing);
  for (std::string line; std::getline(lines, line);) {
    std::string name = line.substr(line.find_first_not_of(" \t"));
    name = name.substr(0, name.find(' '));
    name = name.substr(name.rfind('/') + 1);
    EXPECT_TRUE(std::ranges::any_of(kAllowed, [&name](std::string_view allowed) {
      return name.starts_with(allowed);
    })) << name;
  }
}

}  // namespace
}  // namespace tidewaiter
