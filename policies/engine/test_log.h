#pragma once

#include <functional>
#include <string>
#include <vector>

#include "policies/language/policy.h"
#include "policies/model/log.h"

namespace tidewaiter {

/// Gives the text of a fixture named by a policy file, or why it cannot be had.
using FixtureReader =
    std::function<Result<std::string>(const std::string& policy_file, const std::string& fixture)>;

/// What a test's records are once a record log would have taken them, and after them, source by
/// source, what has been drained at the test's end.
///
/// If any record says when it comes (`arrives`), they stand in the order in which they come: those
/// that do not say so at their own time, before those that come at the same time, so that none of
/// them is late. Before one that says so stands what has been drained up to then: the watermark is
/// at its `arrives`.
struct TestLog {
  std::vector<Record> records;    ///< in the order of the lines, or in which they come
  std::vector<LogEntry> entries;  ///< from seq 2 on: seq 1 is the activation
};

/// Errors: those of the fixture; kInvalidInput for a record that cannot be read or is of another
/// kind than the policy reads (if it is about clusters, any kind will do), for a test that ends
/// before it begins or before a record comes, and for one without records that does not say both
/// when it begins and ends.
[[nodiscard]] Result<TestLog> make_test_log(const Policy& policy, const PolicyTest& test,
                                            const FixtureReader& fixtures);

}  // namespace tidewaiter
