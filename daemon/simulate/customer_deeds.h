#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/simulate/page_request.h"
#include "daemon/simulate/provider_model.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// What somebody did, in no vendor's words.
enum class DeedKind : std::uint8_t {
  kUserAdded,
  kProjectMade,
  kKeyMade,
  kKeyChanged,  ///< by a key, all others in a session
  kLoginFailed,
  kLogin,
  kLogout,
  kTenantPolicyChanged,  ///< of the tenant, and of no organisation
  kReadByProgram,        ///< the audit feed itself, by whoever calls himself as this program does
  kReadByOther,          ///< … by somebody else
};

struct CustomerDeed {
  UtcTime time;    ///< a whole second
  std::string id;  ///< of letters, digits and hyphens
  DeedKind deed = DeedKind::kLogin;
  int customer = 0;  ///< its place in ProviderModel::directory()
};

/// What came to pass in `time`, newest first, and not after now. It follows from the model: people
/// log in when a customer's hours of work begin, at times after a failure, and out when they end; a
/// customer's user, project and key were made when it was; keys are changed each third day, and
/// what the tenant prescribes each fifth. The feed is read each hour by the program, and once a day
/// by somebody else. In modes that say so the newest login is told late, or events come while pages
/// are turned.
[[nodiscard]] std::vector<CustomerDeed> customer_deeds(const ProviderModel& model, Interval time,
                                                       const PageState& state);

}  // namespace tidewaiter
