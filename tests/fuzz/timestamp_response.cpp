// Whatever parses as a time-stamp response holds under nobody's root; whatever parses as a request
// is written back byte by byte.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "storage/timestamp/timestamp_authorities.h"
#include "storage/timestamp/timestamp_request.h"

namespace {

/// A self-signed certificate whose key is thrown away: it has signed nothing that is in the corpus.
constexpr std::string_view kStranger = R"(-----BEGIN CERTIFICATE-----
MIIBWzCCAQKgAwIBAgIUbemjNRhDQzd/lfmDjB5+jYO4l6IwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIc3RyYW5nZXIwIBcNMTUwMTAxMDAwMDAwWhgPMjA2NjAxMDEw
MDAwMDBaMBMxETAPBgNVBAMMCHN0cmFuZ2VyMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEqNasPLc2wdohGyxJerrGy3Qz+ZT+5SrffG+fw3+nO6wU05tdU+4YXNfX
6MWEifVVrDqwRfD6zX/cwhTt/TO1jaMyMDAwDwYDVR0TAQH/BAUwAwEB/zAdBgNV
HQ4EFgQUd0wgiaXdWzqibg0z2CVmWq+/hi0wCgYIKoZIzj0EAwIDRwAwRAIgW22Q
nYhKnmLmxzaODXaIS/mdTiJpcDumAv8bU1rbV5wCIBU7ZG3itth8hpG/wr8OCmRd
+dNminGQjsC/TAmQuMej
-----END CERTIFICATE-----
)";

const tidewaiter::TimestampAuthorities& stranger() {
  static const auto authorities = tidewaiter::TimestampAuthorities::from_pem(kStranger);
  if (!authorities) std::abort();
  return *authorities;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto request = decode_timestamp_request(bytes)) {
    const auto again = encode_timestamp_request(*request);
    if (!again || *again != bytes) std::abort();
  }
  const auto timestamp = read_timestamp(bytes);
  if (stranger().verify(bytes, {timestamp ? timestamp->imprint : Digest{}, "", ""})) std::abort();
  if (timestamp && parse_time(format_time(timestamp->time)) != timestamp->time) std::abort();
  return 0;
}
