#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "daemon/app/act_file.h"
#include "daemon/app/exhibits.h"
#include "storage/files/durable_file.h"
#include "storage/verify/verify.h"
#include "tests/unit/cli/small_site.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// FIPS 180-4, the example "abc".
constexpr const char* kDigestOfAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A site with a finding about account a, and the people who decide.
class CaseExhibitsTest : public testing::Test {
 protected:
  CaseExhibitsTest() {
    const Answer made = site_({"init", "--person", "Jo=officer", "--person", "Ada=approver",
                               "--person", "Cy=counsel", "--person", "Di=viewer"});
    EXPECT_EQ(made.status, 0) << made.err;
    site_.cycle();
    const nlohmann::json list = site_({"case", "list", "--json"}).json();
    for (const auto& one : list["cases"]) {
      if (one["subject"] == "account:gateway/a") case_ = one["id"];
    }
    site_.write("invoice.pdf", "abc");
  }

  [[nodiscard]] Answer attach(const std::vector<std::string>& more = {},
                              const std::string& who = "jo") const {
    std::vector<std::string> arguments = {"case",        "attach",  case_,      "invoice.pdf",
                                          "--custodian", "Billing", "--origin", "Provider",
                                          "--as",        who};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return site_(arguments);
  }
  void attached(const std::vector<std::string>& more = {}) const {
    const Answer answer = attach(more);
    EXPECT_EQ(answer.status, 0) << answer.err;
  }
  [[nodiscard]] nlohmann::json listed() const {
    const Answer answer = site_({"case", "exhibit", case_, "--json"});
    EXPECT_EQ(answer.status, 0) << answer.err;
    return answer.json()["exhibits"];
  }
  [[nodiscard]] std::string entry() const {
    return std::to_string(listed().back()["entry"].get<std::int64_t>());
  }
  [[nodiscard]] Answer taken(const std::string& to, const std::string& who = "jo") const {
    return site_({"case", "exhibit", case_, "--entry", entry(), "--out", to, "--as", who});
  }
  [[nodiscard]] std::string text_of(const fs::path& file) const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// What the case says was done about it, with its words.
  [[nodiscard]] std::string looks() const {
    return site_({"case", "show", case_, "--json"}).json()["acts"].dump();
  }
  [[nodiscard]] fs::path kept_file() const {
    return site_.path("state/payloads/" + listed().back()["payload"]["id"].get<std::string>());
  }
  [[nodiscard]] std::int64_t files_kept() const {
    const fs::path folder = site_.path("state/payloads");
    return fs::exists(folder) ? std::distance(fs::directory_iterator(folder), {}) : 0;
  }

  SmallSite site_;
  std::string case_;
};

TEST_F(CaseExhibitsTest, GivesBackWhatWasAttached) {
  attached();
  fs::remove(site_.path("invoice.pdf"));
  const auto exhibits = listed();
  ASSERT_EQ(exhibits.size(), 1U);
  EXPECT_EQ(exhibits[0]["where"], "kept");
  EXPECT_EQ(exhibits[0]["confidential"]["name"], "invoice.pdf");
  EXPECT_EQ(exhibits[0]["confidential"]["sha256"], kDigestOfAbc);
  EXPECT_EQ(exhibits[0]["confidential"]["bytes"], "3");
  EXPECT_EQ(exhibits[0]["payload"]["bytes"], 75);  // by hand: 24 + 32 + 3 + 16
  EXPECT_THAT(site_({"case", "exhibit", case_}).out,
              AllOf(HasSubstr("WHERE"), HasSubstr("kept"), HasSubstr("invoice.pdf")));
  const Answer answer = taken("back.pdf");
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_THAT(answer.out, AllOf(HasSubstr(kDigestOfAbc), HasSubstr("has signed")));
  EXPECT_EQ(text_of(site_.path("back.pdf")), "abc");
  struct stat about {};
  ASSERT_EQ(::stat(site_.path("back.pdf").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777U, 0600U);
  EXPECT_EQ(taken("back.pdf").status, 4) << "it is there already";
}

TEST_F(CaseExhibitsTest, TheLedgerSaysNothingThatCouldBeGuessed) {
  attached();
  attached({"--leave"});
  const auto entries = site_.entries("case.exhibit");
  ASSERT_EQ(entries.size(), 2U);
  for (const auto& entry : entries) EXPECT_THAT(entry.dump(), Not(HasSubstr(kDigestOfAbc)));
  // What is kept is what the entry says.
  EXPECT_EQ(entries[0]["act"]["sha256"],
            to_hex(sha256(text_of(
                site_.path("state/payloads/" + entries[0]["act"]["payload"].get<std::string>())))));
  EXPECT_EQ(entries[1]["act"], (nlohmann::json{{"privileged", false}}));
  EXPECT_TRUE(verify_ledger({site_.ledger_paths().database, site_.ledger_paths().lock, {}}).ok());
}

TEST_F(CaseExhibitsTest, WhatIsLeftWhereItIsIsNotCopied) {
  attached({"--leave"});
  EXPECT_EQ(files_kept(), 0);
  const auto exhibits = listed();
  EXPECT_EQ(exhibits[0]["where"], "elsewhere");
  EXPECT_TRUE(exhibits[0]["payload"].is_null());
  EXPECT_EQ(exhibits[0]["confidential"]["sha256"], kDigestOfAbc);
  const Answer answer = taken("back.pdf");
  EXPECT_EQ(answer.status, 2);
  EXPECT_THAT(answer.err, HasSubstr("was left where it was"));
}

TEST_F(CaseExhibitsTest, EachLookIsAnEntryBeforeAnythingIsThere) {
  attached();
  EXPECT_EQ(taken("back.pdf").status, 0);
  const auto views = site_.entries("evidence.viewed");
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0]["by"], "jo");
  EXPECT_EQ(views[0]["case"], case_);
  EXPECT_THAT(looks(), HasSubstr("exhibit of entry " + entry()));
  const Answer refused = taken("stolen.pdf", "di");
  EXPECT_EQ(refused.status, 4);
  EXPECT_FALSE(fs::exists(site_.path("stolen.pdf")));
  EXPECT_EQ(site_.entries("case.refused").size(), 1U);
  EXPECT_EQ(site_.entries("evidence.viewed").size(), 1U);
}

TEST_F(CaseExhibitsTest, NothingIsLeftOfAnAttemptThatIsRefused) {
  EXPECT_EQ(attach({}, "di").status, 4);
  EXPECT_EQ(files_kept(), 0);
  EXPECT_EQ(attach({"--privileged"}).status, 4) << "only counsel";
  EXPECT_EQ(files_kept(), 0);
  EXPECT_EQ(attach({}, "nobody").status, 2);
  EXPECT_EQ(files_kept(), 0);
  EXPECT_THAT(site_.entries("case.exhibit"), IsEmpty());
  EXPECT_EQ(site_({"ledger", "fsck"}).status, 0);
}

// Who runs the program may not read all that it may, and is given back what it has kept.
TEST_F(CaseExhibitsTest, NeitherKeysNorTheStateAreExhibits) {
  site_.write("note.txt", "\n PRIVATE+KEY+jo+01234567+AAAA\n");
  site_.write("shadow", "daemon:*:19000:::::\nroot:$6$salt$hash:19000:::::\n");
  site_.write("id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n");
  site_.write("late", std::string(60'000, 'x') + "\nAGE-SECRET-KEY-1QQPQ\n");
  fs::create_symlink(site_.path("state/vault.db"), site_.path("link.db"));
  for (const char* const file : {"note.txt", "shadow", "id_ed25519", "late", "state/vault.db",
                                 "state/ledger.key", "state/../state/records.db", "link.db"}) {
    const Answer answer =
        site_({"case", "attach", case_, file, "--custodian", "x", "--origin", "x", "--as", "jo"});
    EXPECT_EQ(answer.status, 4) << file;
    EXPECT_THAT(answer.err, HasSubstr(": name a")) << file;
  }
  EXPECT_EQ(files_kept(), 0);
}

TEST_F(CaseExhibitsTest, NorIsAHardLinkIntoTheStateNorTheConfiguration) {
  fs::create_hard_link(site_.path("state/vault.db"), site_.path("photo.png"));
  fs::create_hard_link(site_.path("state/ledger.vkey"), site_.path("photo2.png"));
  ASSERT_EQ(::mkfifo(site_.path("pipe").c_str(), 0600), 0);
  for (const char* const file : {"photo.png", "photo2.png", "tidewaiter.yaml"}) {
    for (const char* const leave : {"", "--leave"}) {
      std::vector<std::string> words = {"case", "attach",   case_, file,   "--custodian",
                                        "x",    "--origin", "x",   "--as", "jo"};
      if (*leave != '\0') words.emplace_back(leave);
      const Answer answer = site_(words);
      EXPECT_EQ(answer.status, 4) << file << answer.out;
      EXPECT_THAT(answer.err, HasSubstr("a part of the state")) << file;
    }
  }
  const Answer pipe =
      site_({"case", "attach", case_, "pipe", "--custodian", "x", "--origin", "x", "--as", "jo"});
  EXPECT_THAT(pipe.err, HasSubstr("name a regular file"));
  EXPECT_EQ(files_kept(), 0);
}

TEST_F(CaseExhibitsTest, NorAFileWithASecretThatTheConfigurationNames) {
  site_.write("hook-token", "c2VjcmV0");
  fs::permissions(site_.path("hook-token"), fs::perms::owner_read | fs::perms::owner_write);
  site_.configure(
      "origin: small.example/ledger}\npush: {tokens: [{token: {file: hook-token}}]}\n"
      "log: {level: info");
  const Answer answer = site_(
      {"case", "attach", case_, "hook-token", "--custodian", "x", "--origin", "x", "--as", "jo"});
  EXPECT_EQ(answer.status, 4) << answer.err;
  EXPECT_THAT(answer.err, HasSubstr("a secret that it names"));
}

// A file there would be taken for an act, a person or an exhibit.
TEST_F(CaseExhibitsTest, NothingIsWrittenIntoTheState) {
  attached();
  fs::create_directory_symlink(site_.path("state/people"), site_.path("folder"));
  for (const char* const to : {"state/out", "state/people/mallory", "state/acts/incoming/x.json",
                               "state/payloads/x", "folder/out", "state/../state/out"}) {
    const Answer answer = taken(to);
    EXPECT_EQ(answer.status, 4) << to;
    EXPECT_THAT(answer.err, HasSubstr("is a part of the state")) << to;
    EXPECT_FALSE(fs::exists(site_.path(to))) << to;
    const Answer whole = site_({"case", "export", case_, "--to", to, "--as", "jo"});
    EXPECT_EQ(whole.status, 4) << to;
    EXPECT_FALSE(fs::exists(site_.path(to))) << to;
  }
  EXPECT_THAT(site_.entries("evidence.viewed"), IsEmpty());
}

TEST_F(CaseExhibitsTest, ChangedBytesAreRefused) {
  attached();
  const fs::path file = kept_file();
  std::string bytes = text_of(file);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  std::ofstream(file, std::ios::binary) << bytes;
  const Answer answer = taken("back.pdf");
  EXPECT_EQ(answer.status, 4);
  EXPECT_THAT(answer.err, HasSubstr("was changed"));
  EXPECT_FALSE(fs::exists(site_.path("back.pdf")));
  const Answer fsck = site_({"ledger", "fsck"});
  EXPECT_EQ(fsck.status, 34) << fsck.out;
  EXPECT_THAT(fsck.out, AllOf(HasSubstr("problem (exhibits): the exhibit of entry "),
                              HasSubstr("is not what the ledger's entry says")));
  // One bad exhibit is named, and no reason to have no backup.
  attached();
  const Answer backup = site_({"ledger", "backup", "backup", "--vault", "keys"});
  EXPECT_EQ(backup.status, 1) << backup.err;
  EXPECT_THAT(backup.out, AllOf(HasSubstr("  gap      the exhibit of entry "),
                                HasSubstr("is not what the ledger's entry says")));
  EXPECT_EQ(text_of(site_.path("backup/payloads") / file.filename()), bytes) << "as it is";
  EXPECT_TRUE(fs::exists(site_.path("backup/SHA256SUMS")));
  fs::remove(file);
  const Answer lost = site_({"ledger", "backup", "backup2", "--json"});
  EXPECT_EQ(lost.status, 1) << lost.err;
  ASSERT_EQ(lost.json()["gaps"].size(), 1U);
  EXPECT_THAT(lost.json()["gaps"][0].get<std::string>(), HasSubstr("is not there"));
  // Nor one to have none put back.
  fs::rename(site_.path("state"), site_.path("former"));
  site_.configure("origin: small.example/ledger-2");
  const Answer restored =
      site_({"ledger", "restore", "backup", "--vault", "keys", "--reason", "x", "--json"});
  EXPECT_EQ(restored.status, 0) << restored.err;
  EXPECT_EQ(restored.json()["gaps"].size(), 1U);
}

TEST_F(CaseExhibitsTest, AListTellsWhatIsChangedAndNothingWithoutTheVault) {
  attached();
  const fs::path vault = site_.path("state/vault.db");
  fs::permissions(vault, fs::perms::group_read, fs::perm_options::add);
  const Answer untold = site_({"case", "exhibit", case_});
  EXPECT_EQ(untold.status, 5) << untold.out;
  EXPECT_THAT(untold.err, HasSubstr("may be read by others"));
  fs::permissions(vault, fs::perms::group_read, fs::perm_options::remove);
  EXPECT_EQ(listed()[0]["where"], "kept");
  std::ofstream(kept_file(), std::ios::binary | std::ios::app) << "x";
  EXPECT_EQ(listed()[0]["where"], "changed");
}

TEST_F(CaseExhibitsTest, FsckMissesWhatIsGoneAndKnowsWhatIsTooMuch) {
  attached();
  const Answer sound = site_({"ledger", "fsck"});
  EXPECT_EQ(sound.status, 0) << sound.out;
  EXPECT_THAT(sound.out, HasSubstr("exhibits: 1 kept, 0 erased"));
  site_.write("state/payloads/" + std::string(32, '0'), "left by an attempt");
  const Answer noted = site_({"ledger", "fsck"});
  EXPECT_EQ(noted.status, 0);
  EXPECT_THAT(noted.out, HasSubstr(std::string(32, '0') + "` is of no exhibit"));
  const fs::path file = kept_file();
  fs::remove(file);
  const Answer missing = site_({"ledger", "fsck"});
  EXPECT_EQ(missing.status, 34);
  EXPECT_THAT(missing.out, HasSubstr("is not there"));
  EXPECT_EQ(listed()[0]["where"], "missing");
  // Nor is it in order where somebody marks it as erased: no entry says so.
  site_.write("state/payloads/" + file.filename().string() + ".erased", "e-0123456789ab\n");
  const Answer marked = site_({"ledger", "fsck"});
  EXPECT_EQ(marked.status, 34);
  EXPECT_THAT(marked.out, HasSubstr("no such erasure was approved"));
}

TEST_F(CaseExhibitsTest, GoesIntoABackupThatIsVerified) {
  attached();
  ASSERT_EQ(site_({"ledger", "backup", "backup", "--vault", "keys"}).status, 0);
  const fs::path copy = site_.path("backup/payloads") / kept_file().filename();
  EXPECT_EQ(text_of(copy), text_of(kept_file()));
  EXPECT_THAT(text_of(site_.path("backup/SHA256SUMS")), HasSubstr("payloads/"));
  // The whole state is lost, and put back but for its lock store.
  fs::copy_file(site_.path("backup/ledger.db"), site_.path("state/ledger.db"),
                fs::copy_options::overwrite_existing);
  fs::copy_file(site_.path("keys/vault.db"), site_.path("state/vault.db"),
                fs::copy_options::overwrite_existing);
  fs::remove_all(site_.path("state/payloads"));
  fs::copy(site_.path("backup/payloads"), site_.path("state/payloads"));
  for (const char* const database : {"ledger", "vault"}) {
    for (const char* const suffix : {"-wal", "-shm"}) {
      fs::remove(site_.path("state/" + std::string(database) + ".db" + suffix));
    }
  }
  const Answer fsck = site_({"ledger", "fsck"});
  EXPECT_EQ(fsck.status, 0) << fsck.out;
  EXPECT_EQ(taken("back.pdf").status, 0);
  EXPECT_EQ(text_of(site_.path("back.pdf")), "abc");
  // A restore looks at them, too.
  fs::rename(site_.path("state"), site_.path("lost"));
  site_.configure("origin: small.example/ledger-2");
  std::ofstream(copy, std::ios::binary) << "else";
  const Answer restored =
      site_({"ledger", "restore", "backup", "--vault", "keys", "--reason", "x"});
  EXPECT_EQ(restored.status, 4) << restored.out;
  EXPECT_THAT(restored.err, HasSubstr("payloads/"));
}

TEST_F(CaseExhibitsTest, LeavesWithTheCaseWhereThatIsAskedFor) {
  attached();
  EXPECT_EQ(attach({"--privileged"}, "cy").status, 0);
  const auto plain =
      site_({"case", "export", case_, "--to", "plain", "--as", "jo", "--json"}).json();
  EXPECT_EQ(plain["exhibits"], 0);
  EXPECT_FALSE(fs::exists(site_.path("plain/exhibits")));
  const Answer whole =
      site_({"case", "export", case_, "--to", "whole", "--exhibits", "--as", "jo"});
  EXPECT_EQ(whole.status, 0) << whole.err;
  EXPECT_THAT(whole.out, HasSubstr("1 exhibit in its folder"));
  const std::string number = std::to_string(listed()[0]["entry"].get<std::int64_t>());
  EXPECT_EQ(text_of(site_.path("whole/exhibits/" + number + "-invoice.pdf")), "abc");
  EXPECT_EQ(std::distance(fs::directory_iterator(site_.path("whole/exhibits")), {}), 1);
  EXPECT_THAT(looks(), HasSubstr("exhibits of entries " + number));
}

TEST_F(CaseExhibitsTest, ToldWhatOfExhibitsIsLeftOutOfAnExport) {
  attached();  // and its words are gone below
  attached();  // and its file is
  attached();  // and its file is changed
  attached({"--leave"});
  EXPECT_EQ(attach({"--privileged"}, "cy").status, 0);
  const auto list = listed();
  const auto entry_of = [&](std::size_t i) { return list[i]["entry"].get<std::int64_t>(); };
  const auto file_of = [&](std::size_t i) {
    return site_.path("state/payloads/" + list[i]["payload"]["id"].get<std::string>());
  };
  const auto ledger = Ledger::open(site_.ledger_paths(), Ledger::Mode::kReadOnly);
  ASSERT_TRUE(ledger);
  const auto acts = recorded_acts(**ledger);
  ASSERT_TRUE(acts);
  for (const RecordedAct& one : *acts) {
    if (one.index != entry_of(0)) continue;
    fs::remove(acts_folder(site_.path("state")) / act_file_name(*act_digest(one.act.act)));
  }
  fs::remove(file_of(1));
  std::ofstream(file_of(2), std::ios::binary | std::ios::app) << "x";
  const Answer answer =
      site_({"case", "export", case_, "--to", "out", "--exhibits", "--as", "jo", "--json"});
  ASSERT_EQ(answer.status, 0) << answer.err;
  const auto json = answer.json();
  EXPECT_EQ(json["exhibits"], 1);
  EXPECT_EQ(json["left_out"], (nlohmann::json{{{"entry", entry_of(1)}, {"why", "missing"}},
                                              {{"entry", entry_of(2)}, {"why", "changed"}},
                                              {{"entry", entry_of(3)}, {"why", "elsewhere"}},
                                              {{"entry", entry_of(4)}, {"why", "privileged"}}}));
  EXPECT_EQ(text_of(site_.path("out/exhibits/" + std::to_string(entry_of(0)) + "-exhibit")), "abc");
  EXPECT_THAT(looks(), HasSubstr("exhibits of entries " + std::to_string(entry_of(0)) + "\""));
}

// Its key would be wrapped by the former one, which opens it no more.
TEST_F(CaseExhibitsTest, TheVaultsKeyIsNotRotatedWhileSomebodyAttaches) {
  attached();
  site_.write("vault-key", std::string(64, 'a') + "\n");
  fs::permissions(site_.path("vault-key"), fs::perms::owner_read | fs::perms::owner_write);
  const PayloadFolder exhibits = exhibits_of(site_.path("state"), site_.ledger_paths());
  {
    const auto attaching = exhibits.lock_to_keep();
    ASSERT_TRUE(attaching);
    const Answer answer = site_({"ledger", "rotate-key", "--to", "vault-key"});
    EXPECT_EQ(answer.status, 5) << answer.out;
    EXPECT_THAT(answer.err, HasSubstr("another process changes the folder"));
  }
  const Answer answer = site_({"ledger", "rotate-key", "--to", "vault-key"});
  EXPECT_EQ(answer.status, 0) << answer.err;
}

TEST_F(CaseExhibitsTest, BelongsToOneExhibitAlone) {
  attached();
  const auto ledger = Ledger::open(site_.ledger_paths(), Ledger::Mode::kReadOnly);
  ASSERT_TRUE(ledger);
  const auto acts = recorded_acts(**ledger);
  ASSERT_TRUE(acts);
  const Act& act = acts->back().act.act;
  const PayloadFolder exhibits = exhibits_of(site_.path("state"), site_.ledger_paths());
  EXPECT_TRUE(check_exhibit(act, nullptr, {}, exhibits));
  const auto again = check_exhibit(act, nullptr, *acts, exhibits);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kRefused);
  // Its refusal does not destroy what the other one has.
  const fs::path state = site_.path("state");
  const fs::path own = acts_folder(state) / act_file_name(*act_digest(act));
  auto file = parse_act_file(*read_whole_file(own, 1 << 20), act.origin);
  ASSERT_TRUE(file) << file.error().message;
  const HandedInFile itself{incoming_acts_folder(state) / own.filename(), *file};
  discard_refused(itself, state, *acts, exhibits);
  EXPECT_TRUE(exhibits.check(*payload_of(act)));
  // Nor does one under another name, or whose signature does not hold.
  discard_refused({incoming_acts_folder(state) / "other.json", *file}, state, {}, exhibits);
  EXPECT_TRUE(exhibits.check(*payload_of(act)));
  ActFile forged = *file;
  forged.act.act.by = "ada";
  const HandedInFile unsigned_one{
      incoming_acts_folder(state) / act_file_name(*act_digest(forged.act.act)), forged};
  discard_refused(unsigned_one, state, {}, exhibits);
  EXPECT_TRUE(exhibits.check(*payload_of(act)));
  // Nor one beside which another waits that names it.
  const fs::path beside = incoming_acts_folder(state) / (std::string(64, 'a') + ".json");
  fs::copy_file(own, beside);
  discard_refused(itself, state, {}, exhibits);
  EXPECT_TRUE(exhibits.check(*payload_of(act)));
  fs::remove(beside);
  discard_refused(itself, state, {}, exhibits);
  EXPECT_EQ(check_exhibit(act, nullptr, {}, exhibits).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace tidewaiter
