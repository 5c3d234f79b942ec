// Flips every byte of a small ledger's file, twice. Each flip is either reported, or harmless: the
// report and all rows are what they were, apart from what docs/ledger-format.md §8 names as
// uncovered.
#include <atomic>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "tests/unit/verify/small_ledger.h"

namespace tidewaiter {
namespace {

constexpr unsigned kSeed = 4096;
constexpr std::size_t kThreads = 2;

/// Everything that readers of a ledger rely on, as one text.
std::string contents(const std::filesystem::path& path) {
  SQLite::Database database("file:" + path.string() + "?immutable=1",
                            SQLite::OPEN_READONLY | SQLite::OPEN_URI);
  std::string text;
  for (const char* sql :
       {"SELECT * FROM ledger", "SELECT idx, hex(nodes), hex(body) FROM entry ORDER BY idx",
        "SELECT number, size, note FROM checkpoint ORDER BY number",
        "SELECT * FROM step ORDER BY seq, ordinal", "SELECT * FROM finding ORDER BY idx",
        "SELECT * FROM disclosure ORDER BY idx, name", "SELECT one, log_id FROM position"}) {
    SQLite::Statement select(database, sql);
    while (select.executeStep()) {
      for (int i = 0; i < select.getColumnCount(); ++i) {
        const SQLite::Column column = select.getColumn(i);
        text += column.isNull() ? std::string("NULL") : column.getString();
        text += '|';
      }
      text += '\n';
    }
  }
  return text;
}

/// A copy of the ledger in pages of the least size: nearly every byte of it is one that says
/// something, where pages of 4 KiB are mostly room to grow.
std::filesystem::path in_small_pages(const test::SmallLedger& ledger) {
  const std::filesystem::path copy = ledger.folder() / "small-pages.db";
  SQLite::Database database(ledger.paths().database.string(), SQLite::OPEN_READONLY);
  database.exec("PRAGMA page_size = 512");
  database.exec("VACUUM INTO '" + copy.string() + "'");
  return copy;
}

struct Tally {
  std::atomic<std::int64_t> caught = 0;
  std::atomic<std::int64_t> harmless = 0;
  std::atomic<std::int64_t> missed = 0;
  std::atomic<std::int64_t> first_missed = -1;
};

/// Flips the bytes at part, part + kThreads, …
void sweep(const test::SmallLedger& ledger, const std::string& bytes, std::size_t part,
           Tally& tally) {
  const test::ScratchFolder folder;
  const std::filesystem::path path = folder / "ledger.db";
  std::ofstream(path, std::ios::binary) << bytes;
  VerifyInput input = ledger.input();
  input.database = path;
  const VerifyReport whole = verify_ledger(input);
  const std::string whole_contents = contents(path);

  std::mt19937 random(kSeed + static_cast<unsigned>(part));
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  const auto write = [&file](std::size_t place, char byte) {
    file.seekp(static_cast<std::streamoff>(place));
    file.put(byte).flush();
  };
  for (std::size_t place = part; place < bytes.size(); place += kThreads) {
    for (const unsigned mask : {0xffU, 1U << (random() % 8)}) {
      write(place, static_cast<char>(static_cast<unsigned char>(bytes[place]) ^ mask));
      const VerifyReport report = verify_ledger(input);
      if (!report.ok()) {
        ++tally.caught;
      } else if (report.origin == whole.origin && report.head == whole.head &&
                 report.signed_size == whole.signed_size && contents(path) == whole_contents) {
        ++tally.harmless;
      } else {
        ++tally.missed;
        tally.first_missed = static_cast<std::int64_t>(place);
      }
    }
    write(place, bytes[place]);
  }
}

TEST(Sweep, NoFlippedByteOfTheFileGoesUnnoticed) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const test::SmallLedger ledger;
  const std::filesystem::path database = in_small_pages(ledger);
  std::ifstream file(database, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  VerifyInput input = ledger.input();
  input.database = database;
  ASSERT_TRUE(verify_ledger(input).ok());
  ASSERT_LT(bytes.size(), std::filesystem::file_size(ledger.paths().database));

  Tally tally;
  {
    std::vector<std::jthread> threads;
    for (std::size_t part = 0; part < kThreads; ++part) {
      threads.emplace_back([&, part] { sweep(ledger, bytes, part, tally); });
    }
  }
  std::cout << "bytes " << bytes.size() << ", flips "
            << tally.caught + tally.harmless + tally.missed << ": caught " << tally.caught
            << ", harmless " << tally.harmless << ", missed " << tally.missed << '\n';
  EXPECT_EQ(tally.missed, 0) << "one is at byte " << tally.first_missed;
  EXPECT_EQ(tally.caught + tally.harmless, 2 * static_cast<std::int64_t>(bytes.size()));
  EXPECT_GT(tally.caught, 0);
}

}  // namespace
}  // namespace tidewaiter
