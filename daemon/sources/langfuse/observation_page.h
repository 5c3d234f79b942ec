#pragma once

#include <cstddef>
#include <set>
#include <string_view>

#include "daemon/sources/contract/contract_config.h"
#include "daemon/sources/contract/feed.h"
#include "policies/model/field.h"

namespace tidewaiter {

/// As many as a page is asked to have.
inline constexpr std::size_t kMostObservations = 1000;

/// How observations become records.
struct ObservationReading {
  std::string_view source;        ///< its name: part of identities
  std::string_view organization;  ///< empty: absent
  AccountChoice account = AccountChoice::kProject;
  Interval window;  ///< that their starts lie in
};

/// The fields that such records may have, beside the fixed ones.
[[nodiscard]] std::set<FieldId> observation_fields(const ContractConfig& config);

/// Reads a page of observations: `data`, and `meta` with the cursor of the next page, if there is
/// one. Generations and embeddings are records; spans, events and whatever else a trace consists of
/// are passed over. Members are taken by an allow-list; content and metadata are never copied.
///
/// `usageDetails` are counts by names that whoever traces chooses. As Langfuse has it, those with
/// `input` in their name make up the input and those with `output` the output. Cached are
/// `input_cached_tokens`, or `cache_read_input_tokens`; reasoning is `output_reasoning_tokens`.
/// Without any such name a figure is absent, and so is the cost of an observation whose
/// `costDetails` are empty: its 0 was never computed.
///
/// A record's id is SHA-256 over length-framed connector, source, "observations" and id. What is
/// edited later is a revision, as long as its start stays.
///
/// Errors: kInvalidInput for what is no such page: not JSON, a member twice, data that is no array,
/// a start outside the window.
[[nodiscard]] Result<FeedAnswer> read_observation_page(std::string_view body,
                                                       const ObservationReading& reading);

}  // namespace tidewaiter
