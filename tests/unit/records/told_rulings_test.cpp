#include "storage/records/told_rulings.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/records/log_fixture.h"

namespace tidewaiter {
namespace {

class ToldRulings : public RecordLogTest {
 protected:
  /// What the log says of rulings, in its order.
  [[nodiscard]] std::vector<LinkRuled> told() {
    const auto log = open(RecordLog::Mode::kReadOnly);
    std::vector<LinkRuled> all;
    for (LogOffset at;;) {
      const auto chunk = log->read(at);
      EXPECT_TRUE(chunk) << chunk.error().message;
      if (!chunk || chunk->entries.empty()) return all;
      for (const LogEntry& entry : chunk->entries) {
        const auto* const control = std::get_if<Control>(&entry.body);
        const auto* const ruled = control ? std::get_if<LinkRuled>(control) : nullptr;
        if (ruled != nullptr) all.push_back(*ruled);
      }
      at = chunk->end;
    }
  }

  LinkRuled cut_{"k-1", kNow, {{"gw", "a"}}, {{*find_field("user_agent"), "x"}}};
  LinkRuled joint_{"k-2", kNow, {{"gw", "a"}, {"gw", "b"}}, {}};
  LinkRuled lifted_{"k-1", kNow, {}, {}};
};

TEST_F(ToldRulings, AreSaidOnceAndInTheirOrder) {
  (void)open();
  EXPECT_EQ(tell_rulings(path_, std::vector{cut_}, kNow), 1);
  EXPECT_EQ(tell_rulings(path_, std::vector{cut_, joint_, lifted_}, kNow), 2);
  EXPECT_EQ(tell_rulings(path_, std::vector{cut_, joint_, lifted_}, kNow), 0);
  EXPECT_EQ(told(), (std::vector{cut_, joint_, lifted_}));
  EXPECT_TRUE(open(RecordLog::Mode::kReadOnly)->check());
}

// The words of the cut were not there when the lifting was told.
TEST_F(ToldRulings, OneThatIsLiftedIsNotSaidAfterwards) {
  (void)open();
  EXPECT_EQ(tell_rulings(path_, std::vector{lifted_}, kNow), 1);
  EXPECT_EQ(tell_rulings(path_, std::vector{cut_, lifted_}, kNow), 0);
  EXPECT_EQ(told(), std::vector{lifted_});
}

TEST_F(ToldRulings, NeedALog) {
  const auto none = tell_rulings(path_, std::vector{cut_}, kNow);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace tidewaiter
