#pragma once

#include <filesystem>
#include <string>

#include "daemon/app/act_file.h"
#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "storage/ledger/act.h"

namespace tidewaiter {

/// What is confidential in an act, sealed with a salt of its own. Errors: kInvalidInput if it has
/// no JSON form.
[[nodiscard]] Result<std::string> seal_words(const Confidential& content);

/// As hand_in_act(), with what is confidential sealed before, by seal_words(): for words that
/// somebody is given who is to hold them against the entry. Empty: the act has none.
[[nodiscard]] Result<Digest> hand_in_sealed_act(const std::filesystem::path& state, Act act,
                                                const std::string& sealed, const SigningKey& key,
                                                ActProof proof = ActProof::kUnsaid);

}  // namespace tidewaiter
