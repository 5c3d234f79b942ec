#pragma once

#include <string>
#include <string_view>

#include "tests/unit/temporary_folder.h"

namespace tidewaiter {

/// A policy that reports three requests of an account within an hour.
inline std::string volume_policy(std::string_view id = "test.volume", std::string_view limit = "3",
                                 std::string_view channel = "operations") {
  return "policy: " + std::string(id) +
         "\nversion: 1\ntitle: Many requests in an hour\nstatus: active\nowner: trust\n"
         "basis: [{terms: no more than that}]\nkind: extraction\nseverity: high\n"
         "description: A test.\nfalse_positives: [a test]\nreads: usage\nfor_each: account\n"
         "window: {length: 1h, wait_for_late: 2h}\nmeasure: {n: count()}\nreport_when: n >= " +
         std::string(limit) + "\nrespond: [{notify: [" + std::string(channel) + "]}]\n";
}

/// One native line of usage.
inline std::string usage_line(std::string_view id, std::string_view time,
                              std::string_view account) {
  return R"({"kind":"usage","id":")" + std::string(id) + R"(","time":")" + std::string(time) +
         R"(","account":")" + std::string(account) + "\"}\n";
}

}  // namespace tidewaiter
