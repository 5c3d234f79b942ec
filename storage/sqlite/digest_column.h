#pragma once

#include "policies/model/digest.h"

namespace SQLite {
class Statement;
}

namespace tidewaiter {

/// Binds the 32 bytes of a digest to a parameter of a statement, counted from 1. SQLite::Exception
/// passes through.
void bind_digest(SQLite::Statement& statement, int index, const Digest& digest);

}  // namespace tidewaiter
