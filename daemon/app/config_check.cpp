#include <algorithm>
#include <set>

#include "daemon/app/config.h"
#include "daemon/app/config_reader.h"
#include "daemon/enrich/address_enricher.h"
#include "daemon/sources/connector.h"
#include "policies/language/set_documents.h"
#include "policies/model/did_you_mean.h"

namespace tidewaiter {
namespace {

/// How far back of the watermark a policy can still be moved by a record. Findings are kept, and
/// so is what they rest on.
Duration looks_back(const Config& config, const Policy& policy) {
  if (policy.reads == RecordKind::kFinding) return Duration{};
  Duration settles;
  for (const SourceConfig& source : config.sources) {
    if (source.record == policy.reads) settles = std::max(settles, source.settles);
  }
  return Duration{longest_span(policy.window, 1).us +
                  policy.window.wait_for_late.value_or(settles).us + history_of(policy).us};
}

Diagnostic too_short(const Config& config, const Policy& policy) {
  Diagnostic diagnostic;
  diagnostic.code = kRetentionTooShort.code;
  diagnostic.span = config.keep_records_at.span;
  diagnostic.source_line = config.keep_records_at.source_line;
  if (diagnostic.span.file.empty()) diagnostic.span.file = config.file.string();
  diagnostic.message = "records are kept for " + format_duration(config.keep_records) +
                       ", but policy `" + policy.id + "` looks back " +
                       format_duration(looks_back(config, policy));
  diagnostic.hint = "keep them for at least " + format_duration(looks_back(config, policy));
  return diagnostic;
}

}  // namespace

std::vector<Diagnostic> check_sources(const Config& config) {
  std::vector<Diagnostic> diagnostics;
  for (const SourceConfig& source : config.sources) {
    if (const auto made = make_connector(source); !made) {
      Diagnostic diagnostic;
      diagnostic.code = kSourceUnusable.code;
      diagnostic.span.file = config.file.string();
      diagnostic.message = "source `" + source.name + "`: " + made.error().message;
      diagnostics.push_back(std::move(diagnostic));
    }
  }
  if (!config.addresses) return diagnostics;
  for (const AddressFile& file : config.addresses->files) {
    const auto opened = AddressEnricher::look(file);
    if (opened) continue;
    Diagnostic diagnostic;
    diagnostic.code = kConfigUnreadable.code;
    diagnostic.span.file = config.file.string();
    diagnostic.message = "`addresses`: " + opened.error().message;
    diagnostic.hint = "put the file there, or take it out of `addresses`";
    diagnostics.push_back(std::move(diagnostic));
  }
  return diagnostics;
}

std::vector<Diagnostic> check_lists_fit(const Config& config, const SetDocuments& documents) {
  std::vector<std::string_view> known;
  known.reserve(config.lists.size());
  for (const PublishedList& list : config.lists) known.emplace_back(list.name);
  std::string all;
  for (const std::string_view name : known) all += (all.empty() ? "" : ", ") + std::string(name);
  std::vector<Diagnostic> diagnostics;
  for (const ListDocument& list : documents.lists) {
    if (list.synced.empty() || std::ranges::find(known, list.synced) != known.end()) continue;
    const auto near = did_you_mean(list.synced, known);
    Diagnostic diagnostic;
    diagnostic.level = DiagnosticLevel::kWarning;
    diagnostic.code = kUnknownPublished.code;
    diagnostic.span = list.header.span;
    diagnostic.message = "list `" + list.header.name + "` stands for the published list `" +
                         list.synced + "`, which is not configured";
    diagnostic.hint = (near          ? "did you mean `" + *near + "`? "
                       : all.empty() ? std::string("add it to `lists`; none is configured. ")
                                     : "add it to `lists`, which has " + all + ". ") +
                      "Until then nobody can be told to be in it or not";
    diagnostics.push_back(std::move(diagnostic));
  }
  return diagnostics;
}

std::vector<Diagnostic> check_policies_fit(const Config& config, const PolicySet& policies) {
  std::vector<Diagnostic> diagnostics;
  const Policy* longest = nullptr;
  std::set<std::string> told;
  for (const Policy& policy : policies.policies) {
    const bool active = policy.status == PolicyStatus::kActive;
    if (!active && policy.status != PolicyStatus::kShadow) continue;
    if (longest == nullptr || looks_back(config, policy) > looks_back(config, *longest))
      longest = &policy;
    if (!active) continue;  // a shadow notifies nobody
    for (const std::string& channel : policy.notify) {
      const bool known = std::ranges::find(config.channels, channel, &ChannelConfig::name) !=
                         config.channels.end();
      if (known || !told.insert(channel).second) continue;
      Diagnostic diagnostic;
      diagnostic.level = DiagnosticLevel::kWarning;
      diagnostic.code = kUnknownChannel.code;
      diagnostic.span = policy.span;
      diagnostic.message =
          "policy `" + policy.id + "` notifies `" + channel + "`, which is not configured";
      diagnostic.hint = "add it to `notify.channels`; until then nobody is told";
      diagnostics.push_back(std::move(diagnostic));
    }
  }
  if (longest != nullptr && looks_back(config, *longest) > config.keep_records) {
    diagnostics.push_back(too_short(config, *longest));
  }
  return diagnostics;
}

}  // namespace tidewaiter
