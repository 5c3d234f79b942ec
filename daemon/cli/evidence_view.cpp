#include "daemon/cli/evidence_view.h"

#include <utility>

#include "storage/ledger/short_id.h"

namespace tidewaiter {

int record_look(Invocation& run, const Stores& stores, const ActOptions& options,
                const EvidenceLook& look) {
  Act act;
  if (look.case_id.empty()) {
    act.case_id = new_short_id("v-");
    act.body = EvidenceViewed{0, look.records};
  } else {
    act.case_id = look.case_id;
    act.body = EvidenceViewed{look.findings};
  }
  Confidential words;
  if (!look.at.empty()) words["looked_at"] = look.at;
  return hand_in(run, stores, options, std::move(act), words, true);
}

int record_look(Invocation& run, const Stores& stores, const EvidenceLook& look) {
  ActOptions options;
  static_cast<ActingOptions&>(options) = run.acting;
  return record_look(run, stores, options, look);
}

}  // namespace tidewaiter
