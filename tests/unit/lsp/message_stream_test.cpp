#include "daemon/lsp/message_stream.h"

#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "daemon/lsp/document_uri.h"

namespace tidewaiter {
namespace {

using Outcome = IncomingMessage::Outcome;

IncomingMessage read(const std::string& bytes) {
  std::istringstream in(bytes);
  return read_message(in);
}

TEST(MessageStream, ReadsABodyOfSoManyBytes) {
  std::istringstream in(
      "Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{}"
      "content-length:3\r\n\r\nabc");
  EXPECT_EQ(read_message(in).body, "{}");
  EXPECT_EQ(read_message(in).body, "abc");
  EXPECT_EQ(read_message(in).outcome, Outcome::kEnd);
}

TEST(MessageStream, WhatItWritesItReads) {
  std::ostringstream out;
  write_message(out, "{\"ü\":1}");
  EXPECT_EQ(out.str(), "Content-Length: 8\r\n\r\n{\"ü\":1}");
  EXPECT_EQ(read(out.str()).body, "{\"ü\":1}");
}

TEST(MessageStream, TellsWhatIsNoMessage) {
  EXPECT_EQ(read("").outcome, Outcome::kEnd);
  EXPECT_EQ(read("Content-Length: 5\r\n\r\nab").outcome, Outcome::kEnd);
  EXPECT_EQ(read("Content-Length: 5\r\n").outcome, Outcome::kEnd);
  EXPECT_EQ(read("\r\n{}").outcome, Outcome::kBroken);
  EXPECT_EQ(read("Content-Length: x\r\n\r\n{}").outcome, Outcome::kBroken);
  EXPECT_EQ(read("Content-Length: -2\r\n\r\n{}").outcome, Outcome::kBroken);
  EXPECT_EQ(read("Content-Length: 99999999999999999999999\r\n\r\n{}").outcome, Outcome::kBroken);
  EXPECT_EQ(read("Content-Length: 2x\r\n\r\n{}").outcome, Outcome::kBroken);
  EXPECT_EQ(read(std::string(100'000, 'x')).outcome, Outcome::kBroken);
}

TEST(MessageStream, ALargeClaimCostsNoMemoryAndEndsWithTheStream) {
  EXPECT_EQ(read("Content-Length: 9000000000000\r\n\r\n{}").outcome, Outcome::kEnd);
  const std::string large(kLargestMessage + 1, ' ');
  EXPECT_EQ(read("Content-Length: " + std::to_string(large.size()) + "\r\n\r\n" + large).outcome,
            Outcome::kTooLarge);
}

TEST(DocumentUri, NamesAPath) {
  EXPECT_EQ(path_of_uri("file:///policies/a.yaml"), "/policies/a.yaml");
  EXPECT_EQ(path_of_uri("file://host/a%20b/%C3%BC.yaml"), "/a b/ü.yaml");
  EXPECT_EQ(path_of_uri("file:///100%"), "/100%");
  EXPECT_EQ(path_of_uri("untitled:Untitled-1"), "untitled:Untitled-1");
}

}  // namespace
}  // namespace tidewaiter
