#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/cli/command.h"
#include "policies/screening/name_vocabulary.h"
#include "policies/screening/score.h"

namespace tidewaiter {

/// The options of `tidewaiter screen`.
struct ScreenOptions {
  std::string name;                ///< to be looked for; empty: there is none
  std::vector<std::string> lists;  ///< files
  std::string consequences;        ///< the code of the list that the files are; may be empty
  std::string input;               ///< a file of names
  std::string pairs;               ///< a file of pairs
  std::string kind;                ///< "person", "organisation", or empty
  double least = 0.0;              ///< score
  std::int64_t limit = 0;          ///< hits a name that are printed; 0: all
  bool json = false;
  bool csv = false;
};

/// `screen --pairs`: the score of each pair, in the order of the file.
int screen_pairs(Invocation& run, const ScreenOptions& options);

/// `screen NAME` and `screen --input`: the listed parties that names are like.
int screen_names(Invocation& run, const ScreenOptions& options);

/// The kind that the options name; nothing if they name none.
[[nodiscard]] std::optional<PartyKind> chosen_kind(const ScreenOptions& options);

/// 0.893421: the score as people, CSV and JSON have it.
[[nodiscard]] double score_number(Score score);

}  // namespace tidewaiter
