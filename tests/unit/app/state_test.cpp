#include "daemon/app/state.h"

#include <array>
#include <csignal>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/app/people.h"
#include "daemon/app/policy_files.h"
#include "storage/ledger/ledger.h"
#include "temporary_folder.h"
#include "tests/unit/child_process.h"

namespace tidewaiter {
namespace {

using testing::HasSubstr;

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}

Config config_in(const std::filesystem::path& folder) {
  Environment environment;
  environment.working_folder = folder;
  environment.host_name = "gate1";
  return default_config(environment);
}

TEST(StateFolder, IsMadeForItsOwnerOnly) {
  const TemporaryFolder folder;
  const auto made = make_state_folder(folder / "a");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(*made);
  EXPECT_EQ(mode_of(folder / "a"), 0700U);
  const auto again = make_state_folder(folder / "a");
  ASSERT_TRUE(again);
  EXPECT_FALSE(*again);
}

TEST(StateFolder, SaysWhyItCannotBe) {
  const TemporaryFolder folder;
  write_file(folder / "file", "x");
  const auto made = make_state_folder(folder / "file");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(made.error().message, HasSubstr("is not a folder"));
  if (::geteuid() != 0) {
    std::filesystem::permissions(
        folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    const auto read_only = make_state_folder(folder / "b");
    std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
    ASSERT_FALSE(read_only);
    EXPECT_THAT(read_only.error().message, HasSubstr("cannot"));
  }
}

/// A child process that holds the lock until the pipe closes.
TEST(StateLock, RefusesASecondProcessAndNamesTheFirst) {
  const TemporaryFolder folder;
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  ChildProcess child([&] {
    const auto lock = StateLock::take(folder / "lock");
    const char answer = lock ? 'y' : 'n';
    return ::write(ready[1], &answer, 1) == 1 ? ::pause() : 1;
  });
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  const auto second = StateLock::take(folder / "lock");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kRefused);
  EXPECT_THAT(second.error().message, HasSubstr("process " + std::to_string(child.pid())));
  static_cast<void>(child.end(SIGKILL));
  // The kernel has dropped a killed process's lock: there is nothing to clean.
  EXPECT_TRUE(StateLock::take(folder / "lock"));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(InitState, MakesALedgerOnce) {
  const TemporaryFolder folder;
  const Config config = config_in(folder.path());
  const auto first = init_state(config, UtcTime{1});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(first->made_folder);
  EXPECT_TRUE(first->made_ledger);
  EXPECT_EQ(first->origin, "gate1/tidewaiter");
  EXPECT_EQ(mode_of(config.ledger.key), 0400U);
  EXPECT_FALSE(std::filesystem::exists(state_paths(config).creating));
  const auto second = init_state(config, UtcTime{2});
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->made_ledger);
  EXPECT_EQ(second->verifier_key, first->verifier_key);
}

/// A state folder with a ledger, and what a kill or a person does to it.
class UnfinishedState : public testing::Test {
 protected:
  void SetUp() override {
    const auto first = init_state(config_, UtcTime{1});
    ASSERT_TRUE(first) << first.error().message;
    verifier_key_ = first->verifier_key;
  }

  void mark() { write_file(paths_.creating, ""); }

  /// Takes the first head back, so that the ledger is as it was before it was signed.
  void unsign() {
    unsign_lock_alone();
    SQLite::Database(paths_.ledger.database.string(), SQLite::OPEN_READWRITE)
        .exec("DROP TRIGGER checkpoint_no_delete; DELETE FROM checkpoint");
  }

  void unsign_lock_alone() {
    SQLite::Database(paths_.ledger.lock.string(), SQLite::OPEN_READWRITE)
        .exec("UPDATE head SET number = 0, note = ''");
  }

  void commit_event() {
    auto ledger = Ledger::open(paths_.ledger, Ledger::Mode::kReadWrite);
    ASSERT_TRUE(ledger) << ledger.error().message;
    LedgerCommit commit;
    commit.events = {{"daemon.started", "{}"}};
    ASSERT_TRUE((*ledger)->commit(commit, UtcTime{2}));
    ASSERT_TRUE((*ledger)->sign(UtcTime{2}));
  }

  void expect_made_anew(const std::string& when) {
    const auto again = init_state(config_, UtcTime{3});
    ASSERT_TRUE(again) << when << ": " << again.error().message;
    EXPECT_TRUE(again->made_ledger) << when;
    EXPECT_NE(again->verifier_key, verifier_key_) << when;
    EXPECT_FALSE(std::filesystem::exists(paths_.creating)) << when;
    EXPECT_TRUE(Ledger::open(paths_.ledger, Ledger::Mode::kReadWrite)) << when;
  }

  void expect_refused_and_kept(const std::string& says) {
    const auto again = init_state(config_, UtcTime{3});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::kRefused);
    EXPECT_THAT(again.error().message, HasSubstr(says));
    EXPECT_THAT(again.error().message, HasSubstr("nothing was removed"));
    EXPECT_TRUE(std::filesystem::exists(paths_.creating));
    EXPECT_TRUE(std::filesystem::exists(paths_.ledger.database));
    EXPECT_TRUE(std::filesystem::exists(paths_.ledger.key));
    EXPECT_TRUE(std::filesystem::exists(paths_.ledger.vault));
  }

  const TemporaryFolder folder_;
  const Config config_ = config_in(folder_.path());
  const StatePaths paths_ = state_paths(config_);
  std::string verifier_key_;
};

// As a kill leaves it between the last file and the marker's removal.
TEST_F(UnfinishedState, ALedgerWithItsFirstSignatureIsKept) {
  mark();
  const auto again = init_state(config_, UtcTime{3});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(again->made_ledger);
  EXPECT_EQ(again->verifier_key, verifier_key_);
  EXPECT_FALSE(std::filesystem::exists(paths_.creating));
  EXPECT_TRUE(Ledger::open(paths_.ledger, Ledger::Mode::kReadWrite));
}

// The places where a kill can cut a creation off, the last first.
TEST_F(UnfinishedState, WhatWasNotSignedIsMadeAnew) {
  const LedgerPaths& parts = paths_.ledger;
  unsign();
  mark();
  expect_made_anew("entry 0 is there, not signed");
  unsign();
  write_file(parts.database, "");
  mark();
  expect_made_anew("an empty file for the database");
  unsign();
  write_file(parts.database, "SQLite format 3");
  mark();
  expect_made_anew("a database that cannot be read");
  std::filesystem::remove(parts.database);
  unsign_lock_alone();
  mark();
  expect_made_anew("no database yet");
  for (const auto& part : {parts.database, parts.lock, parts.vault}) {
    std::filesystem::remove(part);
  }
  write_file(parts.lock, "");
  mark();
  expect_made_anew("an empty file for the lock store");
  for (const auto& part : {parts.database, parts.lock, parts.vault}) {
    std::filesystem::remove(part);
  }
  mark();
  expect_made_anew("the key alone");
}

// Whoever can make a file named `creating` must not be able to make the daemon forget its ledger.
TEST_F(UnfinishedState, ALedgerInUseIsNeverRemoved) {
  commit_event();
  mark();
  expect_refused_and_kept("holds 2 entries, 2 signed heads");
  std::filesystem::remove(paths_.creating);
  const auto again = init_state(config_, UtcTime{3});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->verifier_key, verifier_key_);
}

TEST_F(UnfinishedState, ASignedHeadAloneIsReasonEnoughToStop) {
  mark();
  std::filesystem::remove(paths_.ledger.lock);
  expect_refused_and_kept("1 signed heads");
  write_file(paths_.ledger.lock, "");
  expect_refused_and_kept("1 signed heads");
}

TEST_F(UnfinishedState, ADatabaseThatCannotBeReadBesideASignedHeadStays) {
  write_file(paths_.ledger.database, "SQLite format 3");
  mark();
  expect_refused_and_kept("1 signed heads");
}

TEST_F(UnfinishedState, ADatabaseWithoutItsLockStoreStays) {
  unsign();
  mark();
  std::filesystem::remove(paths_.ledger.lock);
  expect_refused_and_kept("nobody can tell whether anything was signed");
}

TEST(InitState, ACreationThatFailsLeavesNoMarker) {
  const TemporaryFolder folder;
  Config config = config_in(folder.path());
  config.ledger.origin = "no origin has spaces";
  const auto made = init_state(config, UtcTime{1});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kInvalidInput);
  EXPECT_FALSE(std::filesystem::exists(state_paths(config).creating));
  config.ledger.origin = "gate1/tidewaiter";
  EXPECT_TRUE(init_state(config, UtcTime{2}));
}

TEST(InitState, APartThatCannotBeLookedForIsNoAbsentPart) {
  const TemporaryFolder folder;
  Config config = config_in(folder.path());
  write_file(folder / "file", "x");
  config.ledger.lock = folder.path() / "file" / "lock.db";  // below a file, which is no folder
  const auto made = init_state(config, UtcTime{1});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kUnavailable);
  config.ledger.lock = folder.path() / std::string(300, 'x');  // a name that no folder can hold
  const auto too_long = init_state(config, UtcTime{1});
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().code, ErrorCode::kUnavailable);
}

TEST(InitState, RefusesWhereALedgerIsMissing) {
  const TemporaryFolder folder;
  const Config config = config_in(folder.path());
  ASSERT_TRUE(init_state(config, UtcTime{1}));
  std::filesystem::remove(state_paths(config).ledger.database);
  const auto again = init_state(config, UtcTime{2});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kRefused);
  EXPECT_THAT(again.error().message, HasSubstr("a ledger is missing"));
}

TEST(People, TwoWhoMaySignMakeSignedMode) {
  const TemporaryFolder folder;
  ASSERT_TRUE(make_state_folder(folder / "state"));
  EXPECT_EQ(policy_mode(*people(folder / "state")), PolicyMode::kUnsigned);
  const auto first = enrol(folder / "state", "Ana O'Neill", "officer", UtcTime{0});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->handle, "ana-o-neill");
  EXPECT_THAT(first->verifier_key, testing::StartsWith("ana-o-neill+"));
  EXPECT_EQ(mode_of(folder / "state/people/ana-o-neill.key"), 0400U);
  EXPECT_EQ(policy_mode(*people(folder / "state")), PolicyMode::kUnsigned);
  ASSERT_TRUE(enrol(folder / "state", "Bo", "approver", UtcTime{0}));
  const auto all = people(folder / "state");
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[0].name, "Ana O'Neill");
  EXPECT_EQ((*all)[0].verifier_key, first->verifier_key);
  EXPECT_EQ(policy_mode(*all), PolicyMode::kUnsigned) << "an officer signs no policies";
  ASSERT_TRUE(enrol(folder / "state", "Cy", "policy-writer", UtcTime{0}));
  EXPECT_EQ(policy_mode(*people(folder / "state")), PolicyMode::kSigned);
  std::vector<Person> retired = *people(folder / "state");
  retired.back().retired = UtcTime{0};
  EXPECT_EQ(policy_mode(retired), PolicyMode::kUnsigned);
}

TEST(People, RefusesWhatCannotBeAPerson) {
  const TemporaryFolder folder;
  ASSERT_TRUE(enrol(folder.path(), "Ana", "officer", UtcTime{0}));
  EXPECT_EQ(enrol(folder.path(), "ANA", "officer", UtcTime{0}).error().code, ErrorCode::kRefused);
  const auto role = enrol(folder.path(), "Bo", "oficer", UtcTime{0});
  EXPECT_THAT(role.error().message, HasSubstr("did you mean `officer`?"));
  EXPECT_EQ(enrol(folder.path(), "…", "officer", UtcTime{0}).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(enrol(folder.path(), "a\nb", "officer", UtcTime{0}).error().code,
            ErrorCode::kInvalidInput);
}

TEST(People, HaveAHandleWhateverTheScriptOfTheirName) {
  const std::vector<std::pair<std::string, std::string>> handles = {
      {"王小明", "wang-xiao-ming"},
      {"محمد", "muhammad"},
      {"Łukasz Żółć", "lukasz-zolc"},
      {"José Ñandú", "jose-nandu"},
      {"Ольга Шишкина", "olga-shishkina"},
      {"Jörg Groß 2", "jorg-gross-2"},
      {std::string(63, 'a') + " b", std::string(63, 'a')},
  };
  for (const auto& [name, handle] : handles) {
    const auto person = new_person(name, "officer", UtcTime{0});
    ASSERT_TRUE(person) << person.error().message;
    EXPECT_EQ(person->handle, handle);
    EXPECT_EQ(person->name, name);
  }
}

TEST(People, MayChooseTheHandle) {
  const TemporaryFolder folder;
  const auto wanted = person_to_be(" 王小明 <wang_2>=officer", UtcTime{0});
  ASSERT_TRUE(wanted) << wanted.error().message;
  const auto person = enrol(folder.path(), *wanted);
  ASSERT_TRUE(person) << person.error().message;
  EXPECT_EQ(person->name, "王小明");
  EXPECT_EQ(person->handle, "wang_2");
  EXPECT_THAT(person->verifier_key, testing::StartsWith("wang_2+"));
  EXPECT_EQ(mode_of(folder / "people/wang_2.key"), 0400U);
  ASSERT_TRUE(enrol(folder.path(), "汪 <wang>", "approver", UtcTime{0}));
  const auto taken = enrol(folder.path(), "王", "approver", UtcTime{0});
  EXPECT_THAT(taken.error().message, HasSubstr("`wang` is enrolled already: choose another"));
  for (const std::string handle : {"", "Wang", "-a", "../a", "a.b", "a b", "王"}) {
    const auto none = new_person("Wang <" + handle + ">", "officer", UtcTime{0});
    ASSERT_FALSE(none) << handle;
    EXPECT_EQ(none.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(none.error().message, HasSubstr("is no handle"));
  }
  EXPECT_FALSE(new_person("Wang <" + std::string(65, 'a') + ">", "officer", UtcTime{0}));
  EXPECT_FALSE(new_person("<wang>", "officer", UtcTime{0})) << "a handle is no name";
  EXPECT_THAT(new_person("…", "officer", UtcTime{0}).error().message,
              HasSubstr("no handle can be made of `…`: choose one"));
}

TEST(PolicyFiles, ReadsFilesFoldersAndGlobsOnce) {
  const TemporaryFolder folder;
  write_file(folder / "p/b.yaml", "B");
  write_file(folder / "p/in/a.yml", "A");
  write_file(folder / "p/notes.txt", "no");
  write_file(folder / "one.yaml", "1");
  const auto texts = read_policy_files({"p", "p/*.yaml", "one.yaml", "none/*.yaml"}, folder.path());
  ASSERT_TRUE(texts) << texts.error().message;
  ASSERT_EQ(texts->size(), 3U);
  EXPECT_EQ((*texts)[0].text, "1");
  EXPECT_EQ((*texts)[1].text, "B");
  EXPECT_EQ((*texts)[2].text, "A");
  const auto missing = read_policy_files({"gone.yaml"}, folder.path());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

// Opening a pipe that nobody writes to would wait for ever.
TEST(PolicyFiles, SaysWhatIsNoFileWithoutWaiting) {
  const TemporaryFolder folder;
  write_file(folder / "p/a.yaml", "A");
  ASSERT_EQ(::mkfifo((folder / "p/b.yaml").c_str(), 0600), 0);
  for (const char* pattern : {"p/b.yaml", "p/*.yaml", "p"}) {
    const auto texts = read_policy_files({pattern}, folder.path());
    ASSERT_TRUE(texts) << pattern;
    EXPECT_THAT(texts->back().unreadable.value_or(""), HasSubstr("b.yaml` is not a file"));
  }
}

TEST(PolicyFiles, TakesOrTellsWhateverIsNamedAsOne) {
  const TemporaryFolder folder;
  write_file(folder / "p/a.YAML", "A");
  write_file(folder / "p/b.Yml", "B");
  std::filesystem::create_symlink("gone.yaml", folder / "p/c.yaml");
  std::filesystem::create_symlink("ana@host.4711", folder / "p/.#a.yaml");  // as Emacs does
  std::filesystem::create_directories(folder / "p/d.yaml");
  const auto texts = read_policy_files({"p"}, folder.path());
  ASSERT_TRUE(texts) << texts.error().message;
  ASSERT_EQ(texts->size(), 3U);
  EXPECT_EQ((*texts)[0].text, "A");
  EXPECT_EQ((*texts)[1].text, "B");
  EXPECT_THAT((*texts)[2].unreadable.value_or(""), HasSubstr("No such file"));
}

TEST(People, CannotLookIsNotNobody) {
  const TemporaryFolder folder;
  ASSERT_TRUE(people(folder.path())->empty()) << "no folder yet";
  std::filesystem::create_symlink("people", folder / "people");  // a loop, which stops root too
  const auto nobody = people(folder.path());
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::kUnavailable);
}

TEST(People, AFolderInAPersonsPlaceIsAnError) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "people/z.yaml");
  const auto broken = people(folder.path());
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kInvalidInput);
}

TEST(PolicyFiles, SaysThatAPathIsNotUtf8) {
  const TemporaryFolder folder;
  write_file(folder / "p/\xFF.yaml", "policy: a");
  const auto texts = read_policy_files({"p"}, folder.path());
  ASSERT_TRUE(texts);
  ASSERT_EQ(texts->size(), 1U);
  EXPECT_THAT(texts->front().unreadable.value_or(""), HasSubstr(R"(p/\xff.yaml`: rename it)"));
}

TEST(PolicyFiles, WhatIsNamedHoldsSomething) {
  const TemporaryFolder folder;
  write_file(folder / "p/b.yaml", "policy: b");
  write_file(folder / "p/void.yaml", "# nothing yet\n---\n");
  write_file(folder / "notes/a.txt", "no");
  EXPECT_EQ(read_named_policy_files({"p", "p/*.yaml"}, folder.path())->size(), 2U);
  for (const char* name : {"none/*.yaml", "notes", "p/void.yaml"}) {
    const auto texts = read_named_policy_files({"p", name}, folder.path());
    ASSERT_FALSE(texts) << name;
    EXPECT_EQ(texts.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(texts.error().message, HasSubstr("`" + std::string(name) + "`"));
  }
}

TEST(PolicyFiles, SaysThatAFileIsTooLarge) {
  const TemporaryFolder folder;
  write_file(folder / "large.yaml", std::string((std::size_t{1} << 20U) + 1, '#'));
  const auto texts = read_policy_files({"large.yaml"}, folder.path());
  ASSERT_TRUE(texts);
  ASSERT_EQ(texts->size(), 1U);
  EXPECT_THAT(texts->front().unreadable.value_or(""), HasSubstr("more than 1048576 bytes"));
  EXPECT_TRUE(texts->front().text.empty());
}

}  // namespace
}  // namespace tidewaiter
