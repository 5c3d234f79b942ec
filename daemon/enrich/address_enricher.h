#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/enrich/address_config.h"
#include "policies/model/error.h"
#include "policies/model/record.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// A file that answers, as it is held now.
struct HeldAddressFile {
  AddressFile file;
  std::string title;  ///< "GeoLite2-Country"; of a list the name of its file
  UtcTime built;      ///< of a list when its file was changed last
  std::int64_t bad_lines = 0;
};

/// Fills in what is known of the addresses that records came from, where the source has not said
/// it: `client.network`, the /24 or /48 of the address; `client.country`, `client.asn` and
/// `client.anonymizer` by the files of the configuration. Each such field is noted in the record
/// (policies/model/enriched_fields.h). What no file in its time says stays absent, which policies
/// take as unknown; `client.anonymizer` is `none` only where a database of anonymizers
/// (Anonymous IP, Anonymous Plus) has been asked and names nothing.
///
/// Which anonymizer stands where there are several: tor before vpn, proxy, hosting.
///
/// Costs: a search in each file, once for each of the last 65,536 addresses. One thread at a time.
class AddressEnricher {
 public:
  /// Opens all files, databases as copies in memory. Errors: those of MmdbFile::open_copy() and
  /// NetworkList::open(); kInvalidInput for a list of which no line is read.
  [[nodiscard]] static Result<std::unique_ptr<AddressEnricher>> open(const AddressConfig& config);
  ~AddressEnricher();

  /// Opens those files anew that have been put there since. True if there were any. On an error the
  /// former file goes on to answer, and the next call tries again.
  [[nodiscard]] Result<bool> refresh();

  void enrich(Record& record);

  /// Databases that contradicted themselves about an address since the last call: it was not taken
  /// as "nothing known", and its record has no field of theirs.
  [[nodiscard]] std::optional<Error> take_fault();
  /// Records since the last call whose time lies too far from that of a file which could have said
  /// something.
  [[nodiscard]] std::int64_t take_out_of_time();

  [[nodiscard]] std::vector<HeldAddressFile> files() const;

 private:
  class Opened;
  struct Known;
  explicit AddressEnricher(std::vector<std::unique_ptr<Opened>> opened);
  [[nodiscard]] const Known& known_of(const std::string& address);
  void fill_from(const Known& known, Record& record);

  struct Cache;
  std::vector<std::unique_ptr<Opened>> opened_;
  std::unique_ptr<Cache> cache_;
  std::optional<Error> fault_;
  std::int64_t out_of_time_ = 0;
};

}  // namespace tidewaiter
