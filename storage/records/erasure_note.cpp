#include "storage/records/erasure_note.h"

#include <nlohmann/json.hpp>

#include "policies/model/jcs.h"
#include "policies/model/json_member.h"

namespace tidewaiter {
namespace {

constexpr std::string_view kBegins = R"({"control":"subject-erased",)";

}  // namespace

Result<std::string> write_erasure_note(const ErasureNote& note) {
  return to_jcs({{"control", "subject-erased"}, {"records", note.records}, {"token", note.token}});
}

bool is_erasure_note(std::string_view body) { return body.starts_with(kBegins); }

Result<ErasureNote> read_erasure_note(std::string_view body) {
  const auto document = nlohmann::json::parse(body, nullptr, false);
  const auto token = text_member(document, "token");
  const auto records = number_member(document, "records");
  if (token && records && token->starts_with(kTokenPrefix)) {
    const ErasureNote note{*token, *records};
    if (const auto written = write_erasure_note(note); written && *written == body) return note;
  }
  return fail(ErrorCode::kCorruption, "the note of an erasure does not read back: `" +
                                          std::string(body.substr(0, 120)) + "`");
}

}  // namespace tidewaiter
