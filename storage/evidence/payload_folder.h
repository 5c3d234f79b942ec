#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policies/model/digest.h"
#include "policies/model/error.h"
#include "storage/evidence/payload_cipher.h"
#include "storage/evidence/vault.h"
#include "storage/files/file_stream.h"
#include "storage/files/folder_lock.h"

namespace tidewaiter {

/// A payload as an entry of the ledger names it.
struct StoredPayload {
  std::string id;          ///< is_payload_id()
  Digest sha256;           ///< of the file: of what is encrypted
  std::int64_t bytes = 0;  ///< of the file
  bool operator==(const StoredPayload&) const = default;
};

/// 32 lower-case hexadecimal digits: 16 random bytes, which say nothing.
[[nodiscard]] bool is_payload_id(std::string_view text);

struct KeptPayload {
  StoredPayload stored;
  FileMeasure content;  ///< of what was given
};

/// `payloads/` of a state: the bytes of exhibits, each in a file of its own that is encrypted under
/// a key of its own in the vault (payload_cipher.h), so that either can be destroyed without the
/// others.
///
///   payloads/<id>          what is encrypted, mode 0600
///   payloads/<id>.erased   the name of the erasure that has destroyed it, or is about to
///
/// Memory does not grow with the files. Any thread; several processes may work on one folder, but
/// what is written under one id is written once. Errors of all: kUnavailable; of what
/// writes those of the vault, while of what reads a vault that cannot be opened or read is
/// kUnavailable, too: it says nothing about a payload.
class PayloadFolder {
 public:
  /// `vault_key`: the file of the key that wraps the vault; empty: its keys lie plain.
  PayloadFolder(std::filesystem::path folder, std::filesystem::path vault,
                std::filesystem::path vault_key)
      : folder_(std::move(folder)), vault_(std::move(vault)), vault_key_(std::move(vault_key)) {}

  /// To be held by who keeps a payload until what names it is handed in, and by who rotates the key
  /// of the vault or chooses what to discard while they do: these wait for those, and those for
  /// these, two seconds. Makes the folder for the one, and not for the other: where none is there
  /// nothing is kept.
  [[nodiscard]] Result<FolderLock> lock_to_keep() const;
  [[nodiscard]] Result<FolderLock> lock_to_choose() const { return FolderLock::take(folder_); }

  /// Encrypts a copy of `file`, of `most` bytes at most, under a new id. Key and file are on disk
  /// on return, so that an entry may name them; after an error neither is there. Makes the folder.
  /// Errors: kNotFound, kInvalidInput for the file.
  [[nodiscard]] Result<KeptPayload> keep(const std::filesystem::path& file,
                                         std::int64_t most) const;
  /// The same of a file that is open, at its beginning.
  [[nodiscard]] Result<KeptPayload> keep(StreamedFile& file, std::int64_t most) const;

  /// Decrypts a payload into the new file `to`, mode 0600, which appears when all was verified: the
  /// file's digest, each chunk, its end, and where it is known the `content`'s digest. Errors:
  /// kNotFound if file or key is gone, saying by which erasure, if by one; kRefused if `to` is
  /// there; kCorruption.
  [[nodiscard]] Result<FileMeasure> take_out(const StoredPayload& payload,
                                             const std::optional<Digest>& content,
                                             const std::filesystem::path& to) const;

  /// That the file is there in its length, and its header commits to the key in the vault: what
  /// can be told at once, however long it is. Errors: as take_out().
  [[nodiscard]] Result<void> look_at(const StoredPayload& payload) const;
  /// That and the file's digest, by which every chunk is what was sealed. Errors: the same.
  [[nodiscard]] Result<void> check(const StoredPayload& payload) const;

  /// Destroys keys and files, in this order, behind a mark that says for which erasure: done again
  /// it goes on where it was. What another erasure has marked stays that one's.
  [[nodiscard]] Result<void> erase(std::span<const std::string> ids,
                                   const std::string& erasure) const;
  /// The file's digest alone, where the vault is not at hand. Errors: as take_out().
  [[nodiscard]] Result<void> check_file(const StoredPayload& payload) const;

  /// Copies files and marks into the new folder `to`, mode 0700, in an order in which each file is
  /// there or its mark is, whatever is erased meanwhile; of what is marked no file is left, and
  /// what cannot be read is left out. Makes nothing where there are none.
  [[nodiscard]] Result<void> copy_to(const std::filesystem::path& to) const;

  /// Whether neither key nor file is there.
  [[nodiscard]] Result<bool> is_gone(const std::string& id) const;
  /// By the id of the payload, the erasure that its mark names.
  [[nodiscard]] Result<std::map<std::string, std::string>> erased() const;

  /// The ids of all files, in order.
  [[nodiscard]] Result<std::vector<std::string>> ids() const;
  /// Destroys keys and files, half-written ones too, of all others than `named`: what an attempt
  /// that was cut off has left. Says of how many files. lock_to_choose() is held from before
  /// `named` was read. Without a folder it does nothing.
  [[nodiscard]] Result<std::int64_t> discard_others(const std::set<std::string>& named) const;
  /// Destroys key and file of one that no entry names, if they are there.
  [[nodiscard]] Result<void> discard(const std::string& id) const;

  [[nodiscard]] std::filesystem::path file_of(const std::string& id) const { return folder_ / id; }
  [[nodiscard]] std::filesystem::path mark_of(const std::string& id) const;
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  /// A payload whose header was read.
  struct Begun {
    StreamedFile rest;
    PayloadOpener opener;
    std::string header;
  };
  [[nodiscard]] Result<Begun> begin(const StoredPayload& payload) const;
  [[nodiscard]] Result<std::vector<std::string>> names_ending(std::string_view suffix) const;
  [[nodiscard]] Result<void> make_folder() const;
  [[nodiscard]] Result<SubjectKey> key_of(const std::string& id) const;
  [[nodiscard]] Result<void> destroy_keys(
      const std::function<bool(const std::string& id)>& chosen) const;
  [[nodiscard]] Result<void> remove_files(std::span<const std::string> ids) const;
  [[nodiscard]] Error gone(const std::string& id, const std::string& what) const;

  std::filesystem::path folder_;
  std::filesystem::path vault_;
  std::filesystem::path vault_key_;
};

}  // namespace tidewaiter
