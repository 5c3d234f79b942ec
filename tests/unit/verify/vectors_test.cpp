// Published vectors of other projects (see their README): trees, notes, signatures, JSON.
#include <bit>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "policies/model/base64.h"
#include "policies/model/canonical_json.h"
#include "policies/model/jcs.h"
#include "storage/ledger/checkpoint.h"
#include "storage/ledger/signed_note.h"
#include "tests/unit/verify/merkle_trees.h"
#include "tests/unit/verify/shared_vectors.h"

namespace tidewaiter {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::from_hex;
using test::read_file;
using test::read_json;
using test::shared_vectors;

std::optional<Digest> as_digest(const std::string& bytes) {
  if (bytes.size() != sizeof(Digest)) return std::nullopt;
  Digest digest;
  std::ranges::copy(as_byte_span(bytes), digest.bytes.begin());
  return digest;
}

/// Digests from base64. Some of the vectors' hashes are not 32 bytes long: their own hash stands in
/// for those, which is equal where they are equal and no hash of a tree.
std::vector<Digest> digests(const json& list) {
  std::vector<Digest> out;
  for (const json& text : list.is_null() ? json::array() : list) {
    const std::string bytes = from_base64(text.get<std::string>(), Base64::kStandard).value();
    out.push_back(as_digest(bytes).value_or(sha256(bytes)));
  }
  return out;
}

std::vector<json> cases_below(const fs::path& folder) {
  std::vector<json> cases;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (file.path().extension() == ".json") cases.push_back(read_json(file.path()));
  }
  return cases;
}

TEST(MerkleVectors, AgreeOnEveryInclusionProof) {
  TIDEWAITER_NEEDS_VECTORS();
  const auto cases = cases_below(shared_vectors() / "merkle/testdata/inclusion");
  EXPECT_EQ(cases.size(), 98U);
  for (const json& c : cases) {
    const auto proof = digests(c["proof"]);
    const auto ends = digests(json{c["leafHash"], c["root"]});
    // A leaf hash of another length cannot be given to this interface at all.
    const bool is_hash =
        from_base64(c["leafHash"].get<std::string>(), Base64::kStandard)->size() == sizeof(Digest);
    const bool holds =
        is_hash &&
        verify_inclusion(ends[0], std::bit_cast<std::int64_t>(c["leafIdx"].get<std::uint64_t>()),
                         std::bit_cast<std::int64_t>(c["treeSize"].get<std::uint64_t>()), proof,
                         ends[1]);
    EXPECT_EQ(holds, !c["wantErr"].get<bool>()) << c.dump(1);
  }
}

TEST(MerkleVectors, AgreeOnEveryConsistencyProof) {
  TIDEWAITER_NEEDS_VECTORS();
  const auto cases = cases_below(shared_vectors() / "merkle/testdata/consistency");
  EXPECT_EQ(cases.size(), 98U);
  for (const json& c : cases) {
    const auto proof = digests(c["proof"]);
    const auto ends = digests(json{c["root1"], c["root2"]});
    const bool holds = verify_consistency(
        std::bit_cast<std::int64_t>(c["size1"].get<std::uint64_t>()), ends[0],
        std::bit_cast<std::int64_t>(c["size2"].get<std::uint64_t>()), ends[1], proof);
    EXPECT_EQ(holds, !c["wantErr"].get<bool>()) << c.dump(1);
  }
}

std::vector<Digest> tile_hashes(const std::string& tile) {
  std::vector<Digest> hashes;
  for (std::size_t i = 0; i + 32 <= tile.size(); i += 32) {
    hashes.push_back(as_digest(tile.substr(i, 32)).value());
  }
  return hashes;
}

TEST(Sunlight300, HasTheRootThatItsWitnessCosigned) {
  TIDEWAITER_NEEDS_VECTORS();
  const fs::path mirror = shared_vectors() / "sunlight-300";
  std::vector<Digest> leaves = tile_hashes(read_file(mirror / "tile/0/000"));
  ASSERT_EQ(leaves.size(), 256U);
  EXPECT_EQ(tile_hashes(read_file(mirror / "tile/1/000.p/1")),
            std::vector<Digest>{tree_root(leaves)});
  for (const Digest& leaf : tile_hashes(read_file(mirror / "tile/0/001.p/44"))) {
    leaves.push_back(leaf);
  }
  const SignedNote note = parse_signed_note(read_file(mirror / "checkpoint")).value();
  const Checkpoint checkpoint = parse_checkpoint_body(note.text).value();
  EXPECT_EQ(checkpoint.head, (TreeHead{300, tree_root(leaves)}));

  // A cosignature (type 4): u64be time, then Ed25519 over "cosignature/v1", the time and the body.
  const std::string vkey = read_json(mirror / "mirror.v0.json")["verifier_keys"][0];
  const std::string typed =
      from_base64(vkey.substr(vkey.rfind('+') + 1), Base64::kStandard).value();
  ASSERT_EQ(typed.size(), 33U);
  ASSERT_EQ(typed[0], 4);
  Ed25519PublicKey key{};
  std::ranges::copy(as_byte_span(typed).subspan(1), key.begin());
  const std::string& signature = note.signatures.at(0).bytes;
  ASSERT_EQ(signature.size(), 72U);
  std::uint64_t time = 0;
  for (const char c : signature.substr(0, 8)) time = time * 256 + static_cast<unsigned char>(c);
  const std::string message = "cosignature/v1\ntime " + std::to_string(time) + "\n" + note.text;
  EXPECT_TRUE(verify_ed25519(key, message, as_byte_span(signature).subspan(8)));
  EXPECT_FALSE(verify_ed25519(key, message + "x", as_byte_span(signature).subspan(8)));
  // As a type-1 key it is a stranger.
  EXPECT_EQ(parse_verifier_key(vkey).error().code, ErrorCode::kUnsupported);
}

TEST(SignedNoteVectors, AreJudgedAsTheirSourcesJudgeThem) {
  TIDEWAITER_NEEDS_VECTORS();
  const json vectors = read_json(shared_vectors() / "c2sp-examples/signed-note.json");
  json cases = vectors["cases"];
  for (const json& extra : vectors["extra"]) cases.push_back(extra);
  EXPECT_EQ(cases.size(), 13U);
  for (const json& c : cases) {
    std::vector<VerifierKey> keys;
    for (const json& vkey : c["vkeys"]) {
      keys.push_back(parse_verifier_key(vkey.get<std::string>()).value());
      EXPECT_EQ(format_verifier_key(keys.back()), vkey.get<std::string>());
    }
    const std::string note = c["note"];
    EXPECT_EQ(verify_note(note, keys).has_value(), c["valid"].get<bool>()) << c["name"];
    if (c["valid"]) {
      EXPECT_EQ(format_signed_note(parse_signed_note(note).value()), note);
    }
  }
  EXPECT_EQ(vectors["bad_vkeys"].size(), 2U);
  for (const json& bad : vectors["bad_vkeys"]) {
    EXPECT_FALSE(parse_verifier_key(bad["vkey"].get<std::string>())) << bad["why"];
  }
}

TEST(Ed25519Vectors, AcceptWhatLibsodiumAcceptsOfTheEdgeCases) {
  TIDEWAITER_NEEDS_VECTORS();
  int accepted = 0;
  const json cases = read_json(shared_vectors() / "cctv-ed25519/ed25519vectors.json");
  EXPECT_EQ(cases.size(), 914U);
  for (const json& c : cases) {
    const auto key = as_digest(from_hex(c["key"]));
    ASSERT_TRUE(key);
    const std::string signature = from_hex(c["sig"]);
    if (verify_ed25519(key->bytes, c["msg"].get<std::string>(), as_byte_span(signature))) {
      ++accepted;
    }
  }
  EXPECT_EQ(accepted, 43);  // libsodium 1.0.18, measured apart from this code
}

TEST(Ed25519Vectors, PassWycheproof) {
  TIDEWAITER_NEEDS_VECTORS();
  int run = 0;
  const json vectors = read_json(shared_vectors() / "wycheproof/ed25519_test.json");
  for (const json& group : vectors["testGroups"]) {
    const auto key = as_digest(from_hex(group["publicKey"]["pk"]));
    ASSERT_TRUE(key);
    for (const json& c : group["tests"]) {
      const std::string signature = from_hex(c["sig"]);
      EXPECT_EQ(verify_ed25519(key->bytes, from_hex(c["msg"]), as_byte_span(signature)),
                c["result"] == "valid")
          << c.dump();
      ++run;
    }
  }
  EXPECT_EQ(run, 151);
}

TEST(JcsVectors, CanonicalizeTheSixDocuments) {
  TIDEWAITER_NEEDS_VECTORS();
  int run = 0;
  for (const auto& file : fs::directory_iterator(shared_vectors() / "jcs/input")) {
    const Result<json> document = parse_json_strict(read_file(file.path()));
    ASSERT_TRUE(document) << document.error().message;
    const fs::path name = file.path().filename();
    const std::string hex =
        read_file((shared_vectors() / "jcs/outhex" / name).replace_extension("txt"));
    EXPECT_EQ(to_jcs(*document).value(), from_hex(hex)) << name;
    EXPECT_TRUE(is_jcs(from_hex(hex))) << name;
    EXPECT_TRUE(CanonicalJson().read(from_hex(hex))) << name;
    ++run;
  }
  EXPECT_EQ(run, 6);
}

TEST(JcsVectors, WriteTenThousandNumbersAsEcmaScriptDoes) {
  TIDEWAITER_NEEDS_VECTORS();
  std::istringstream lines(read_file(shared_vectors() / "jcs/es6numbers-10000.txt"));
  int run = 0;
  for (std::string line; std::getline(lines, line); ++run) {
    const std::size_t comma = line.find(',');
    const auto bits = std::stoull(line.substr(0, comma), nullptr, 16);
    ASSERT_EQ(ecma_number(std::bit_cast<double>(static_cast<std::uint64_t>(bits))),
              line.substr(comma + 1));
    // Whole numbers beyond 2^53 - 1 are none of ours.
    const std::string number = line.substr(comma + 1);
    ASSERT_EQ(CanonicalJson().read(number), is_jcs(number)) << number;
  }
  EXPECT_EQ(run, 10'000);
}

TEST(DerivedLedger, GivesTheSameHashesCheckpointAndKey) {
  TIDEWAITER_NEEDS_VECTORS();
  const json vectors = read_json(shared_vectors() / "derived/ledger-v1.json");
  CompactRange range;
  EXPECT_EQ(vectors["entries"].size(), 5U);
  for (const json& entry : vectors["entries"]) {
    const std::string bytes = entry["bytes_utf8"];
    EXPECT_TRUE(is_jcs(bytes));
    EXPECT_TRUE(CanonicalJson().read(bytes));
    range.append(leaf_hash(bytes));
    EXPECT_EQ(to_hex(leaf_hash(bytes)), entry["leaf_hash_hex"]);
  }
  const std::string seed = from_hex(vectors["log_seed_hex"]);
  const SigningKey key = SigningKey::from_seed(as_byte_span(seed)).value();
  const std::string origin = "audit.example.org/ledger/test";
  const VerifierKey verifier{origin, key.public_key()};
  EXPECT_EQ(format_verifier_key(verifier), vectors["vkeys"][0]);

  const std::string body = checkpoint_body(origin, {range.size(), range.root()});
  const std::string note = sign_note(body, origin, key).value();
  EXPECT_TRUE(
      vectors["checkpoint"].get<std::string>().starts_with(note));  // Ed25519 has one answer
  EXPECT_TRUE(verify_note(vectors["checkpoint"].get<std::string>(), std::span(&verifier, 1)));
}

TEST(DerivedLedger, IsConsistentWithItsOlderHead) {
  TIDEWAITER_NEEDS_VECTORS();
  const json vectors = read_json(shared_vectors() / "derived/ledger-v1.json");
  const VerifierKey key = parse_verifier_key(vectors["vkeys"][0].get<std::string>()).value();
  const auto head_of = [&](const char* name) {
    const auto note = verify_note(vectors[name].get<std::string>(), std::span(&key, 1)).value();
    return parse_checkpoint_body(note.text).value().head;
  };
  const TreeHead older = head_of("old_checkpoint_size3");
  const TreeHead newer = head_of("checkpoint");
  EXPECT_EQ(older.size, 3);
  EXPECT_EQ(newer.size, 5);
  const std::vector<Digest> proof = digests(vectors["consistency_3_5"]);
  EXPECT_EQ(proof.size(), 4U);
  EXPECT_TRUE(verify_consistency(3, older.root, 5, newer.root, proof));
}

TEST(DerivedLedger, GivesTheSameTreesAndProofsUpToSeventyThousandLeaves) {
  TIDEWAITER_NEEDS_VECTORS();
  const json tree_vectors =
      read_json(shared_vectors() / "derived/ledger-v1.json")["synthetic_tree"];
  const test::SyntheticTree tree(70'000);
  const auto root_at = [&tree](std::int64_t size) {
    return CompactRange::load(size, tree.reader()).value().root();
  };
  const auto hex_list = [](const std::vector<Digest>& list) {
    json out = json::array();
    for (const Digest& digest : list) out.push_back(to_hex(digest));
    return out;
  };
  EXPECT_EQ(tree_vectors["roots"].size(), 16U);
  EXPECT_EQ(tree_vectors["inclusion"].size(), 6U);
  EXPECT_EQ(tree_vectors["consistency"].size(), 7U);
  for (const json& c : tree_vectors["roots"]) {
    EXPECT_EQ(to_hex(root_at(c["size"])), c["root_hex"]) << c["size"];
    EXPECT_EQ(to_hex(tree_root(tree.leaves(c["size"]))), c["root_hex"]) << c["size"];
  }
  for (const json& c : tree_vectors["inclusion"]) {
    const std::int64_t index = c["index"];
    const std::int64_t size = c["size"];
    const auto proof = build_inclusion_proof(index, size, tree.reader()).value();
    EXPECT_EQ(hex_list(proof), c["proof_hex"]);
    EXPECT_TRUE(verify_inclusion(tree.leaves()[static_cast<std::size_t>(index)], index, size, proof,
                                 root_at(size)));
  }
  for (const json& c : tree_vectors["consistency"]) {
    const std::int64_t old_size = c["old"];
    const std::int64_t size = c["new"];
    const auto proof = build_consistency_proof(old_size, size, tree.reader()).value();
    EXPECT_EQ(hex_list(proof), c["proof_hex"]);
    EXPECT_TRUE(verify_consistency(old_size, root_at(old_size), size, root_at(size), proof));
  }
}

}  // namespace
}  // namespace tidewaiter
