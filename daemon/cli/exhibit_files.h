#pragma once

#include <filesystem>

#include "daemon/cli/stores.h"
#include "policies/model/error.h"
#include "storage/files/file_stream.h"

namespace tidewaiter {

// What people name on a command line as an exhibit, or as the place for one. The program may read
// and write more than those who run it.

/// Opens a file that is to be an exhibit, at its beginning: `case exhibit` gives back what was
/// kept, so that neither anything of the state, whatever it is called or linked as, nor the
/// configuration, nor a file with a secret that it names, nor a text that looks like one is let
/// through. What is judged is what was opened. Errors: kRefused; those of StreamedFile.
[[nodiscard]] Result<StreamedFile> open_exhibit(const Stores& stores, const Variables& variables,
                                                const std::filesystem::path& file);

/// That what is to be made there would not lie in the state. Errors: kRefused, also where that
/// cannot be told.
[[nodiscard]] Result<void> may_be_made(const Stores& stores, const std::filesystem::path& to);

}  // namespace tidewaiter
