// Does a daemon's work over the stores of one state folder: pulls records, judges them, signs. Run
// under the fault shim:
//
//   fault_driver FOLDER RECEIPTS   the work in a state that is there
//   fault_driver --create FOLDER   makes a ledger in an empty folder
//
// What it was told goes to RECEIPTS, at once: "durable INDEX SHA256-OF-ENTRY". What the outside
// refuses for now is tried again as the daemon does; on anything else it ends, to be started again.
// Exit status: 0 all work is done, 1 it is not, 2 wrong usage.

#include <cstdint>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "policies/model/digest.h"
#include "tests/unit/fsck/state_work.h"

namespace tidewaiter {
namespace {

constexpr int kAttempts = 4;
constexpr std::int64_t kRounds = 3;

/// Gives `work`'s answer, tried again while something outside is unavailable.
template <class Work>
auto insist(const Work& work) {
  auto answer = work();
  for (int i = 1; i < kAttempts && !answer && answer.error().code == ErrorCode::kUnavailable; ++i) {
    answer = work();
  }
  if (!answer) std::cerr << answer.error().message << '\n';
  return answer;
}

/// An entry is read back for its hash, as somebody reads it who was told of it.
bool acknowledge(StateWork& state, std::int64_t index, std::ofstream& receipts) {
  const auto entry = insist([&] { return state.ledger().entry(index); });
  if (!entry) return false;
  receipts << "durable " << index << ' ' << to_hex(sha256(*entry)) << '\n' << std::flush;
  return receipts.good();
}

bool work_round(StateWork& state, std::int64_t round, std::ofstream& receipts) {
  if (!insist([&] { return state.pull(round); })) return false;
  const auto index = insist([&] { return state.judge("account-" + std::to_string(round)); });
  if (!index || !acknowledge(state, *index, receipts)) return false;
  // One head covers two entries.
  return round % 2 == 0 || insist([&] { return state.ledger().sign(kNow); }).has_value();
}

int create(const char* folder) {
  const auto made = Ledger::create(paths_in(folder), kOrigin, kNow);
  if (!made) std::cerr << made.error().message << '\n';
  return made ? 0 : 1;
}

int run(const char* folder, const char* receipts_file) {
  std::ofstream receipts(receipts_file, std::ios::app);
  auto state = insist([&] { return StateWork::open(folder); });
  if (!state) return 1;
  for (std::int64_t round = 1; round <= kRounds; ++round) {
    if (!work_round(*state, round, receipts)) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace tidewaiter

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  if (std::string_view(argv[1]) == "--create") return tidewaiter::create(argv[2]);
  return tidewaiter::run(argv[1], argv[2]);
}
