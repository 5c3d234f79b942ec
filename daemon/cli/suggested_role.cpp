#include "daemon/cli/suggested_role.h"

#include <algorithm>
#include <vector>

#include "daemon/app/people.h"
#include "daemon/cli/acting_person.h"

namespace tidewaiter {

Result<std::string> suggested_role(const Invocation& run, const Stores& stores) {
  const Result<std::vector<Person>> everybody = people(stores.paths.folder);
  if (!everybody) return tl::unexpected(everybody.error());
  const std::string handle = run.acting.as.empty() ? unix_user_name() : run.acting.as;
  const auto found = std::ranges::find(*everybody, handle, &Person::handle);
  return found == everybody->end() || found->retired ? std::string() : found->role;
}

}  // namespace tidewaiter
