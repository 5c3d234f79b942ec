#pragma once

#include <cstdint>
#include <string>

#include "daemon/simulate/hostile_mode.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/error.h"

namespace tidewaiter {

/// The lists of a provider's directory, in whose words. The last two go on by `next_page`, which
/// here is the id of the last entry.
enum class DirectoryList : std::uint8_t {
  kOpenAiUsers,
  kOpenAiProjects,
  kOpenAiProjectKeys,
  kOpenAiAdminKeys,
  kAnthropicUsers,
  kAnthropicWorkspaces,
  kAnthropicKeys,
  kAnthropicServiceAccounts,
  kAnthropicProfiles,
};

struct DirectoryRequest {
  DirectoryList list = DirectoryList::kOpenAiUsers;
  std::string project;  ///< of kOpenAiProjectKeys
  std::string after;    ///< id of the last entry of the page before; empty: the first page
  std::int64_t limit = 20;
};

/// The page as JSON. `asked`: requests before this one; `most`: entries of a page, whatever `limit`
/// says. Errors: kNotFound for a project that is not there; kInvalidInput for an `after` that no
/// page ended with.
[[nodiscard]] Result<std::string> directory_page(const ProviderModel& model,
                                                 const DirectoryRequest& request, HostileMode mode,
                                                 std::int64_t asked, std::int64_t most);

}  // namespace tidewaiter
