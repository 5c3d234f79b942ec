#include "daemon/notify/syslog_form.h"

#include <gtest/gtest.h>

#include "daemon/notify/ocsf_form.h"

namespace tidewaiter {
namespace {

constexpr UtcTime kAt{1'764'410'400'000'000};  // 2025-11-29T10:00:00Z

TEST(SyslogFrame, IsRfc5424WithCefInIt) {
  const Notice notice =
      make_notice(7, "0a1b2c3d-7",
                  R"({"type":"finding.opened","origin":"example.org/ledger","finding":"f-1",)"
                  R"("policy":"a=b","severity":"high","text":"one|two\\three"})",
                  kAt);
  // Facility 13, severity 3: 13 * 8 + 3.
  const std::string message =
      "<107>1 2025-11-29T10:00:00Z example.org tidewaiter - finding.opened - "
      "CEF:0|Tidewaiter|tidewaiter|1.2|finding.opened|one\\|two\\\\three|8|"
      "rt=1764410400000 externalId=f-1 dvchost=example.org/ledger cs1Label=policy cs1=a\\=b";
  EXPECT_EQ(syslog_frame(notice, SyslogForm::kCef, "1.2"),
            std::to_string(message.size()) + " " + message);
}

TEST(SyslogFrame, KeepsAMessageInOneFrame) {
  const Notice notice = make_notice(7, "k", R"({"type":"a b\nc","origin":"","text":"x\ny"})", kAt);
  const std::string frame = syslog_frame(notice, SyslogForm::kCef, "1");
  const std::string message = frame.substr(frame.find(' ') + 1);
  EXPECT_EQ(message,
            "<110>1 2025-11-29T10:00:00Z - tidewaiter - a_b_c - "
            "CEF:0|Tidewaiter|tidewaiter|1|a b c|x y|1|rt=1764410400000 externalId=k");
  EXPECT_EQ(frame.substr(0, frame.find(' ')), std::to_string(message.size()));
}

TEST(SyslogFrame, HasAnEventOfOcsfAsItsText) {
  const Notice notice = make_notice(7, "k", R"({"type":"t","severity":"low","text":"x"})", kAt);
  const std::string frame = syslog_frame(notice, SyslogForm::kOcsf, "1");
  const std::string message =
      "<109>1 2025-11-29T10:00:00Z - tidewaiter - t - " + ocsf_event(notice, "1");
  EXPECT_EQ(frame, std::to_string(message.size()) + " " + message);
}

TEST(SyslogFrame, GivesTheBodyAsItIs) {
  const Notice notice = make_notice(7, "k", R"({"type":"t","severity":"critical"})", kAt);
  EXPECT_EQ(syslog_frame(notice, SyslogForm::kJson, "1"),
            "81 <106>1 2025-11-29T10:00:00Z - tidewaiter - t - "
            R"({"type":"t","severity":"critical"})");
}

}  // namespace
}  // namespace tidewaiter
