#include "storage/sqlite/digest_column.h"

#include <SQLiteCpp/Statement.h>

namespace tidewaiter {

void bind_digest(SQLite::Statement& statement, int index, const Digest& digest) {
  statement.bind(index, static_cast<const void*>(digest.bytes.data()),
                 static_cast<int>(digest.bytes.size()));
}

}  // namespace tidewaiter
