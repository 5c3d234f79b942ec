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
  std::string title;           ///< "GeoLite2-Country"; of a list the name of its file
  UtcTime built;               ///< of a list when its file was changed last
  std::int64_t entries = 0;    ///< networks of a list, nodes of a database
  std::int64_t bad_lines = 0;  ///< of a list: under one in a hundred

  /// Whether it says something of records of this time.
  [[nodiscard]] bool holds_at(UtcTime time) const;
};

/// Fills in what is known of the addresses that records came from, where the source has not said
/// it: `client.network`, the /24 or /48 of the address; `client.country`, `client.asn` and
/// `client.anonymizer` by the files of the configuration. Each such field is noted in the record
/// (policies/model/enriched_fields.h); a record that has such notes is left as it is. What no file
/// in its time says stays absent, which policies take as unknown, and so does all of an address
/// that means nobody outside (client_network.h). `client.anonymizer` is `none` only where a
/// database of anonymizers (Anonymous IP, Anonymous Plus) has been asked that knows addresses of
/// the kind, and says nothing of this one.
///
/// Which anonymizer stands where there are several: tor before vpn, proxy, hosting.
///
/// Costs: a search in each file, once for each of the last 65,536 addresses. One thread at a time.
class AddressEnricher {
 public:
  /// Opens all files, databases as copies in memory. Errors: those of MmdbFile::open_copy() and
  /// NetworkList::open(); kInvalidInput for a list that is empty or of which one line in a hundred
  /// is not read, and for a database that cannot give what is to be taken from it, as its type
  /// tells; kUnavailable for a file that is being written.
  [[nodiscard]] static Result<std::unique_ptr<AddressEnricher>> open(const AddressConfig& config);
  /// One file, for a look at it: a database is not copied.
  [[nodiscard]] static Result<HeldAddressFile> look(const AddressFile& file);
  ~AddressEnricher();

  /// Opens those files anew that have been put there since, once they have been left alone for some
  /// seconds: one that is being written would be taken up half. Gives those that were. On an error
  /// the former file goes on to answer, and this one is not read again before it changes.
  [[nodiscard]] Result<std::vector<HeldAddressFile>> refresh(UtcTime now);

  void enrich(Record& record);

  /// Databases that contradicted themselves about an address since the last call: it was not taken
  /// as "nothing known", and its record has no field of theirs.
  [[nodiscard]] std::optional<Error> take_fault();
  /// Records since the last call that lack a field which a file could have said, had their time not
  /// been too far from its day.
  [[nodiscard]] std::int64_t take_out_of_time();

  [[nodiscard]] std::vector<HeldAddressFile> files() const;

 private:
  class Opened;
  struct Known;
  explicit AddressEnricher(std::vector<std::unique_ptr<Opened>> opened);
  [[nodiscard]] const Known& known_of(const std::string& written);
  void fill_from(const Known& known, Record& record);
  [[nodiscard]] bool lacks_for_time(const Known& known, const Record& record) const;

  struct Cache;
  std::vector<std::unique_ptr<Opened>> opened_;
  std::unique_ptr<Cache> cache_;
  std::optional<Error> fault_;
  std::int64_t out_of_time_ = 0;
};

}  // namespace tidewaiter
