#pragma once

#include <string>

#include <zlib.h>

#include "daemon/sources/push/push_batch.h"
#include "daemon/sources/source_config.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// The clock of these tests.
inline UtcTime push_noon() { return parse_time("2026-11-23T12:00:00Z").value(); }

/// A source that takes native records of usage.
inline SourceConfig push_source_config(const std::string& name = "gw") {
  SourceConfig source;
  source.name = name;
  source.kind = "push";
  source.push.emplace();
  return source;
}

inline std::string native_line(const std::string& id, const std::string& more = {}) {
  return R"({"kind":"usage","id":")" + id + R"(","time":"2026-11-23T11:00:00Z","account":"a")" +
         more + "}";
}

/// The text as one gzip member.
inline std::string gzip_of(const std::string& text) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace tidewaiter
