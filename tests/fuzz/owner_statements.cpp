#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/sources/bods/bods_statement.h"
#include "daemon/sources/ftm/ftm_entity.h"
#include "daemon/sources/owners/owner_record.h"
#include "daemon/sources/owners/statement_cutter.h"
#include "policies/model/record_json.h"
#include "policies/screening/party_check.h"
#include "tests/unit/text_stream.h"

namespace tidewaiter {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void take(Result<OwnerStatement> read, OwnerReading& to) {
  if (!read) {
    require(read.error().code == ErrorCode::kInvalidInput && !read.error().message.empty());
    return;
  }
  // One object is never more than its bytes by much: products are bounded.
  constexpr std::size_t kMostOfOne = 10'000;
  require(read->relations.size() <= kMostOfOne);
  for (StatedParty& party : read->parties) {
    to.accounts[party.id].insert("acct");
    to.statements.add(std::move(party));
  }
  for (StatedRelation& relation : read->relations) {
    for (const StatedInterest& one : relation.interests) {
      require(!one.share || (one.share->least >= 0 && one.share->least <= one.share->most &&
                             one.share->most <= kWholeShare));
    }
    to.accounts[relation.subject].insert("acct");
    to.statements.add(std::move(relation));
  }
  for (const Replaced& one : read->replaced) to.statements.add(one);
}

OwnerReading reading_of(std::string_view text, ReadOwnerStatement read) {
  OwnerReading reading;
  StatementCutter cutter(std::make_unique<TextStream>(std::string(text), 61));
  for (auto cut = cutter.next(); cut && *cut; cut = cutter.next()) {
    require((*cut)->problem.empty() != (*cut)->text.empty());
    if ((*cut)->problem.empty()) take(read((*cut)->text), reading);
  }
  reading.statements.settle();
  return reading;
}

std::size_t size_of(const Record& record, std::string_view field) {
  return field_texts(record, *find_field(field)).size();
}

}  // namespace
}  // namespace tidewaiter

// Whatever a file of statements holds, what is made of it is records that read back, in which each
// owner has a share that can be told, and owns something that the record names.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tidewaiter;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const ReadOwnerStatement read : {read_bods_statement, read_ftm_entity}) {
    const OwnerReading reading = reading_of(text, read);
    std::vector<QuarantinedInput> bad;
    const OwnerRecords how{"fuzz", "x", 18'000, 20'000};
    const auto records = owner_records(reading, AccountMap(), how, PullWatch{}, bad);
    for (const Record& record : records.value()) {
      std::string line;
      write_record_json(record, line);
      require(RecordJsonReader().read(line, {}).has_value());
      const std::vector<std::string> shares = field_texts(record, *find_field("owners.share"));
      for (const char* const field : {"owners", "owners.identifier", "owners.of"}) {
        require(size_of(record, field) == shares.size());
      }
      for (const std::string& share : shares) require(share.empty() || parse_share_range(share));
    }
  }
  return 0;
}
