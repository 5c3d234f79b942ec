#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/app/config.h"
#include "daemon/cli/command.h"
#include "daemon/enrich/address_enricher.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// A configured file in which addresses are looked up, as it stands now.
struct AddressFileStanding {
  AddressFile file;
  Result<HeldAddressFile> held;  ///< an error: it cannot be read
};

/// Opens each of them. Empty where the configuration has none.
[[nodiscard]] std::vector<AddressFileStanding> address_file_standings(const Config& config);

/// For `status`: "addresses 3 files, in their time"; else which are not.
void print_address_files(Invocation& run, const std::vector<AddressFileStanding>& files);
[[nodiscard]] nlohmann::ordered_json address_files_json(
    const Invocation& run, const std::vector<AddressFileStanding>& files);

}  // namespace tidewaiter
