#include "storage/timestamp/timestamp.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "storage/timestamp/openssl_value.h"

namespace tidewaiter {
namespace {

tl::unexpected<Error> malformed(const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "the time-stamp response cannot be read: " + what);
}

/// PKIFailureInfo, RFC 3161 §2.4.2: bit and meaning.
std::string failure_text(const ASN1_BIT_STRING* info) {
  static constexpr std::array<std::pair<int, const char*>, 8> kBits = {
      {{0, "the hash is not supported (badAlg)"},
       {2, "the request is not permitted (badRequest)"},
       {5, "the request has the wrong format (badDataFormat)"},
       {14, "its source of time is not available (timeNotAvailable)"},
       {15, "it does not have that policy (unacceptedPolicy)"},
       {16, "it does not know an extension (unacceptedExtension)"},
       {17, "it does not know what was asked for (addInfoNotAvailable)"},
       {25, "it has failed (systemFailure)"}}};
  if (info == nullptr) return {};
  for (const auto& [bit, text] : kBits) {
    if (ASN1_BIT_STRING_get_bit(info, bit) == 1) return text;
  }
  return {};
}

std::string plain(const unsigned char* data, int size) {
  constexpr int kMost = 200;
  std::string text(reinterpret_cast<const char*>(data),
                   static_cast<std::size_t>(std::clamp(size, 0, kMost)));
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~' || c == '`'; }, '?');
  return text;
}

tl::unexpected<Error> refused(TS_STATUS_INFO* status) {
  std::string reason = failure_text(TS_STATUS_INFO_get0_failure_info(status));
  const STACK_OF(ASN1_UTF8STRING)* texts = TS_STATUS_INFO_get0_text(status);
  if (texts != nullptr && sk_ASN1_UTF8STRING_num(texts) > 0) {
    const ASN1_UTF8STRING* text = sk_ASN1_UTF8STRING_value(texts, 0);
    if (!reason.empty()) reason += ": ";
    reason += "`" + plain(ASN1_STRING_get0_data(text), ASN1_STRING_length(text)) + "`";
  }
  return fail(ErrorCode::kRefused, "the time-stamping authority gave no token, status " +
                                       hex_of(TS_STATUS_INFO_get0_status(status)) +
                                       (reason.empty() ? "" : ": " + reason));
}

/// A part of an accuracy, 0 if it is absent; nothing if it is out of its range.
std::optional<std::int64_t> part(const ASN1_INTEGER* number, std::int64_t most) {
  std::int64_t value = 0;
  if (number == nullptr) return value;
  if (ASN1_INTEGER_get_int64(&value, number) != 1 || value < 0 || value > most) {
    return std::nullopt;
  }
  return value;
}

Result<Duration> accuracy_of(const TS_ACCURACY* accuracy) {
  constexpr std::int64_t kMostSeconds = 366 * kDay.us / kSecond.us;
  if (accuracy == nullptr) return Duration{};
  const auto seconds = part(TS_ACCURACY_get_seconds(accuracy), kMostSeconds);
  const auto millis = part(TS_ACCURACY_get_millis(accuracy), 999);
  const auto micros = part(TS_ACCURACY_get_micros(accuracy), 999);
  if (!seconds || !millis || !micros) return malformed("its accuracy is out of range");
  return Duration{*seconds * kSecond.us + *millis * 1'000 + *micros};
}

/// GeneralizedTime as RFC 3161 has it: YYYYMMDDhhmmss[.s…]Z.
Result<UtcTime> gen_time_of(const ASN1_GENERALIZEDTIME* time) {
  const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(time));
  const std::string text(data, static_cast<std::size_t>(ASN1_STRING_length(time)));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  constexpr std::size_t kDigits = 14;
  constexpr std::size_t kMost = 32;
  if (text.size() <= kDigits || text.size() > kMost || !text.ends_with('Z') ||
      !std::all_of(text.begin(), text.begin() + kDigits, is_digit)) {
    return malformed("its time has not the form YYYYMMDDhhmmss[.s]Z");
  }
  const auto read =
      parse_time(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) + "T" +
                 text.substr(8, 2) + ":" + text.substr(10, 2) + ":" + text.substr(12));
  if (!read || !is_record_time(*read)) return malformed("its time is no time of a calendar");
  return *read;
}

Result<Digest> imprint_of(TS_MSG_IMPRINT* imprint) {
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  const ASN1_OCTET_STRING* bytes = TS_MSG_IMPRINT_get_msg(imprint);
  if (OBJ_obj2nid(algorithm) != NID_sha256 ||
      ASN1_STRING_length(bytes) != static_cast<int>(sizeof(Digest))) {
    return malformed("expected an imprint by SHA-256");
  }
  Digest digest;
  const unsigned char* data = ASN1_STRING_get0_data(bytes);
  std::transform(data, data + sizeof(Digest), digest.bytes.begin(),
                 [](unsigned char c) { return std::byte{c}; });
  return digest;
}

}  // namespace

Result<OpensslResponse> parse_response(std::string_view response) {
  if (response.empty()) return malformed("it is empty");
  if (response.size() > kMaxTimestampBytes) {
    return malformed("it has more than " + std::to_string(kMaxTimestampBytes) + " bytes");
  }
  const auto* at = reinterpret_cast<const unsigned char*>(response.data());
  const auto* end = at + response.size();
  OpensslResponse value(d2i_TS_RESP(nullptr, &at, static_cast<long>(response.size())));
  const std::string reason = openssl_reason();
  if (!value) return malformed("it is no DER of RFC 3161 (" + reason + ")");
  if (at != end) return malformed("bytes follow it");
  if (TS_RESP_get_tst_info(value.get()) == nullptr || TS_RESP_get_token(value.get()) == nullptr) {
    return refused(TS_RESP_get_status_info(value.get()));
  }
  return value;
}

Result<Timestamp> timestamp_of(TS_RESP* response) {
  TS_TST_INFO* info = TS_RESP_get_tst_info(response);
  if (TS_TST_INFO_get_version(info) != 1) return malformed("expected a token of version 1");
  const auto time = gen_time_of(TS_TST_INFO_get_time(info));
  if (!time) return tl::unexpected(time.error());
  const auto accuracy = accuracy_of(TS_TST_INFO_get_accuracy(info));
  if (!accuracy) return tl::unexpected(accuracy.error());
  const auto imprint = imprint_of(TS_TST_INFO_get_msg_imprint(info));
  if (!imprint) return tl::unexpected(imprint.error());
  return Timestamp{*time,
                   *accuracy,
                   *imprint,
                   dotted_of(TS_TST_INFO_get_policy_id(info)),
                   hex_of(TS_TST_INFO_get_serial(info)),
                   hex_of(TS_TST_INFO_get_nonce(info))};
}

Result<Timestamp> read_timestamp(std::string_view response) {
  const auto value = parse_response(response);
  if (!value) return tl::unexpected(value.error());
  return timestamp_of(value->get());
}

}  // namespace tidewaiter
