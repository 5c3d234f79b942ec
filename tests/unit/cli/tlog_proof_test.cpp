#include "daemon/cli/tlog_proof.h"

#include <array>

#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

// Base64 of 32 bytes of one value, by hand: 0x00 is 'A' throughout; 0xff is '/' throughout, its
// last group of two bytes "//8=".
TEST(TlogProof, HasTheLinesOfItsSpecification) {
  std::array<Digest, 2> path{};
  path[1].bytes.fill(std::byte{0xff});
  EXPECT_EQ(format_tlog_proof(7, path, "origin\n8\nroot\n\n— origin sig\n"),
            "c2sp.org/tlog-proof@v1\n"
            "index 7\n"
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
            "//////////////////////////////////////////8=\n"
            "\n"
            "origin\n8\nroot\n\n— origin sig\n");
}

TEST(TlogProof, ATreeOfOneEntryHasNoHashes) {
  EXPECT_EQ(format_tlog_proof(0, {}, "note\n"), "c2sp.org/tlog-proof@v1\nindex 0\n\nnote\n");
}

}  // namespace
}  // namespace tidewaiter
