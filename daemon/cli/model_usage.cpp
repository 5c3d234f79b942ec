#include "daemon/cli/model_usage.h"

#include <algorithm>

#include "daemon/cli/stated_policy.h"
#include "daemon/cli/subject_volume.h"
#include "policies/language/set_documents.h"
#include "policies/screening/party_check.h"

namespace tidewaiter {
namespace {

std::string model_of(const Record& record, const std::vector<FieldId>& fields) {
  for (const FieldId id : fields) {
    std::vector<std::string> texts = field_texts(record, id);
    if (!texts.empty() && !texts.front().empty()) return std::move(texts.front());
  }
  return {};
}

}  // namespace

Result<ModelUsage> model_usage(const RecordLog& records, const Policy& policy,
                               const std::string& subject, std::int64_t most_entries) {
  const std::vector<FieldId> fields = {*find_field("model"), *find_field("response_model")};
  ModelUsage usage;
  bool any = false;
  const auto take = [&](const Record& record, std::int64_t sign, bool belongs) {
    const std::string model = model_of(record, fields);
    if (model.empty()) return;
    auto [at, is_new] = usage.models.try_emplace(model);
    ModelUse& use = at->second;
    if (is_new) use.first = record.time;
    use.first = std::min(use.first, record.time);
    if (!any) usage.stored = {record.time, record.time};
    any = true;
    usage.stored.from = std::min(usage.stored.from, record.time);
    usage.stored.to = std::max(usage.stored.to, record.time);
    if (belongs) {
      use.days[align_down(record.time, kDay).us / kDay.us] += sign * record.requests;
    } else {
      use.others = true;
    }
  };
  const Result<bool> complete = read_subject(records, policy, subject, most_entries, take);
  if (!complete) return tl::unexpected(complete.error());
  usage.complete = *complete;
  return usage;
}

std::vector<ModelRelease> release_calendar(const RecordLog& records) {
  std::vector<ModelRelease> all;
  const Result<std::optional<WrittenSet>> set = written_set_in_force(records);
  if (!set || !*set) return all;
  for (const ListDocument& list : (*set)->documents.lists) {
    if (list.header.name != kReleaseCalendar || !list.values) continue;
    for (const ValueList::DatedText& one : list.values->texts()) {
      const UtcTime from = one.times.front().from;
      if (from != kAlways.from) all.push_back({std::string(one.text), from});
    }
  }
  return all;
}

}  // namespace tidewaiter
