#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <string>

#include "daemon/sources/connector.h"
#include "daemon/sources/contract_kind.h"
#include "daemon/sources/file_source.h"
#include "daemon/sources/owners/owner_source.h"
#include "daemon/sources/push/push_source.h"

namespace tidewaiter {
namespace {

// A new connector is one file, one line here and one test.
// clang-format off
constexpr std::array kKinds = {
    ConnectorKind{"anthropic", make_contract_source},
    ConnectorKind{"bods", OwnerSource::make},
    ConnectorKind{"file", FileSource::make},
    ConnectorKind{"ftm", OwnerSource::make},
    ConnectorKind{"http_json", make_contract_source},
    ConnectorKind{"langfuse", make_contract_source},
    ConnectorKind{"litellm", make_contract_source},
    ConnectorKind{"newapi", make_contract_source},
    ConnectorKind{"openai", make_contract_source},
    ConnectorKind{"openrouter", make_contract_source},
    ConnectorKind{"postgres", make_contract_source},
    ConnectorKind{"push", PushSource::make},
    ConnectorKind{"scim", make_contract_source},
    ConnectorKind{"stripe", make_contract_source},
};
// clang-format on
static_assert(std::ranges::adjacent_find(kKinds, std::ranges::greater_equal{},
                                         &ConnectorKind::name) == kKinds.end(),
              "keep names unique and sorted");

}  // namespace

std::vector<SourceExamination> Connector::examine(const std::string& cursor, UtcTime now) {
  using Verdict = SourceExamination::Verdict;
  const std::string asked = "is it there, and can it be read?";
  const Result<std::vector<std::string>> told = check(cursor, now);
  if (!told) {
    return {{Verdict::kBad, asked, to_text(told.error()), "nothing comes from it as it is"}};
  }
  std::string seen;
  for (const std::string& line : *told) seen += (seen.empty() ? "" : "; ") + line;
  return {{Verdict::kGood, asked, std::move(seen), "it can be read as it is"}};
}

Result<std::unique_ptr<Connector>> make_connector(const SourceConfig& config,
                                                  const SourceServices& services) {
  const auto* const kind = std::ranges::find(kKinds, config.kind, &ConnectorKind::name);
  if (kind == kKinds.end()) {
    std::string known;
    for (const ConnectorKind& one : kKinds) {
      known += (known.empty() ? "`" : ", `") + std::string(one.name) + "`";
    }
    return fail(ErrorCode::kInvalidInput,
                "`" + config.kind + "` is not a kind of source; expected " + known);
  }
  return kind->make(config, services);
}

}  // namespace tidewaiter
