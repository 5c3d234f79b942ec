#include <cstdint>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "daemon/sources/contract/key_walk.h"
#include "daemon/sources/contract_kind.h"
#include "policies/model/record_json.h"

namespace {

using namespace tidewaiter;

/// A token that holds what a page before had of a bucket, of a party of the corpus.
constexpr const char* kHeld =
    R"({"bucket":1790121600000000,"held":[[[null,"apikey_02","claude-mini-2","wrkspc_01B",null],)"
    R"([700,0,90,0,0,3]]],"page":"page_2"})";

/// Each record lies in the window (of a request: its beginning or its end does), has an id of its
/// own and the fields that the endpoint is said to supply, and can be stored: its native line reads
/// back.
void check_answer(const FeedAnswer& answer, const FeedQuestion& question, bool by_request,
                  const std::set<FieldId>& fields) {
  std::set<Digest> ids;
  for (const Record& record : answer.records) {
    const auto within = [&question](UtcTime time) {
      return time >= question.window.from && time < question.window.to;
    };
    const bool fits =
        by_request ? within(record.time) || within(record.end())
                   : record.time >= question.window.from && record.end() <= question.window.to;
    if (!fits) std::abort();
    if (record.duration < Duration{}) std::abort();
    // Two entries of a directory may have one id: the later one is a revision.
    if (!ids.insert(record.id).second && record.kind == RecordKind::kUsage) std::abort();
    for (const auto& [field, value] : record.fields) {
      if (!fields.contains(field)) std::abort();
    }
    std::string line;
    write_record_json(record, line);
    const auto again = RecordJsonReader().read(line, {});
    if (!again || !same_content(*again, record)) std::abort();
  }
}

}  // namespace

// Whatever a server answers to whatever was asked, what is made of it holds, and the token that it
// goes on with gives a request to the same host.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  SourceConfig config;
  config.name = "api";
  config.contract.emplace();
  config.contract->url = "https://api.example/v1";
  config.contract->bucket = kDay;
  FeedQuestion question{{{1'790'121'600 * kSecond.us}, {1'790'294'400 * kSecond.us}}, {}};
  for (const ContractKind* const kind : contract_kinds()) {
    for (const ContractEndpoint& endpoint : kind->endpoints) {
      const std::unique_ptr<Feed> feed = kind->feed(endpoint.name, config);
      for (const char* const token : {"", "..proj_1.", "p2.k1.proj_1.proj_2.", kHeld}) {
        question.token = token;
        const auto answer = feed->read(body, question);
        if (!answer) {
          const ErrorCode code = answer.error().code;
          if (code != ErrorCode::kInvalidInput && code != ErrorCode::kUnavailable) std::abort();
          continue;
        }
        check_answer(*answer, question, kind->by_request && endpoint.theme == EndpointTheme::kUsage,
                     kind->fields(endpoint.name, *config.contract));
        if (kind->client != nullptr) continue;  // it goes to no URL
        const std::string url = feed->ask({question.window, answer->next}).url;
        if (!url.starts_with("https://api.example/v1/")) std::abort();
        if (url.find_first_of(" \"<>\\^`{|}#") != std::string::npos) std::abort();
      }
    }
  }
  return 0;
}
