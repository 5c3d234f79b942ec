#include "daemon/notify/mail_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(MailMessage, IsWhatRfc5322AsksFor) {
  const Notice notice =
      make_notice(7, "0a1b2c3d-7", R"({"origin":"example.org/ledger","text":"hi"})",
                  UtcTime{1'764'410'400'000'000});
  // The text is "hi", two line ends, and "origin: example.org/ledger" with one, in base64.
  EXPECT_EQ(mail_message(notice, "tide@example.org", {"a@example.org", "b@example.org"}),
            "Date: Sat, 29 Nov 2025 10:00:00 +0000\r\n"
            "From: tide@example.org\r\n"
            "To: a@example.org,\r\n b@example.org\r\n"
            "Message-ID: <0a1b2c3d-7@example.org>\r\n"
            "Subject: [tidewaiter] hi\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n"
            "aGkKCm9yaWdpbjogZXhhbXBsZS5vcmcvbGVkZ2VyCg==\r\n");
}

TEST(MailMessage, ATextCannotAddAHeader) {
  const Notice notice = make_notice(
      7, "k", R"({"text":"one\r\nBcc: all@example.org\r\n\r\nbody","origin":"x\r\ny"})", UtcTime{});
  const std::string message = mail_message(notice, "a@b.c", {"d@e.f"});
  EXPECT_THAT(message, HasSubstr("Subject: [tidewaiter] one??Bcc: all@example.org????body\r\n"));
  EXPECT_THAT(message, HasSubstr("Message-ID: <k@xy>\r\n"));
  EXPECT_THAT(message, Not(HasSubstr("\r\nBcc")));
  EXPECT_THAT(message, StartsWith("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"));
}

TEST(MailAddress, IsAMailboxWithoutQuotes) {
  for (const char* good : {"a@b", "first.last+tag@mail.example.org", "x_y@10-0.example"}) {
    EXPECT_TRUE(is_mail_address(good)) << good;
  }
  for (const char* bad : {"", "a", "@b", "a@", "a b@c", "<a@b>", "a@b, c@d", "a@b\r\nx", "a@b@c",
                          "\"a\"@b", "a@.b", "a@-b"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace tidewaiter
