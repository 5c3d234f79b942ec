#include "daemon/sources/contract/directory_pace.h"

namespace tidewaiter {

FeedPace directory_pace(Duration width, std::int64_t most_pages) {
  FeedPace pace;
  pace.width = width;
  // However long nobody asked, the directory says only how things stand now: one sweep does.
  pace.window = kRecordTimes.to - kRecordTimes.from;
  pace.window.us -= pace.window.us % width.us;
  pace.first = width;
  pace.most_pages = most_pages;
  return pace;
}

}  // namespace tidewaiter
