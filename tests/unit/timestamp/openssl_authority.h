#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/unit/temporary_folder.h"

namespace tidewaiter {

/// A time-stamping authority that others wrote: the program `openssl`, with keys and certificates
/// made by it for one test. Its root is `root()`; its certificates for time stamping are files
/// beside it, each with a validity and a usage of its own.
class OpensslAuthority {
 public:
  OpensslAuthority() {
    write("ca.cnf",
          "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\n"
          "certificate=root.pem\nprivate_key=root.key\ndefault_md=sha256\npolicy=p\n"
          "unique_subject=no\nrand_serial=yes\n[p]\ncommonName=supplied\n"
          "[root]\nbasicConstraints=critical,CA:TRUE\n"
          "[stamping]\nbasicConstraints=CA:FALSE\nextendedKeyUsage=critical,timeStamping\n"
          "[not_critical]\nbasicConstraints=CA:FALSE\nextendedKeyUsage=timeStamping\n"
          "[also_code]\nbasicConstraints=CA:FALSE\n"
          "extendedKeyUsage=critical,timeStamping,codeSigning\n");
    write("index.txt", "");
    write("tsa_serial", "04D2\n");
    openssl("req -new " + kNewKey + " -keyout root.key -out root.csr -subj '/CN=Test Root'");
    openssl(
        "ca -config ca.cnf -batch -notext -selfsign -in root.csr -out root.pem -startdate "
        "20150101000000Z -enddate 20660101000000Z -extensions root");
    openssl("req -new " + kNewKey + " -keyout tsa.key -out tsa.csr -subj '/CN=Test TSA'");
    certify("tsa.pem", "20200101000000Z", "20460101000000Z", "stamping");
    configure("tsa.pem", "sha256");
  }

  [[nodiscard]] std::filesystem::path path(std::string_view name) const { return folder_ / name; }
  [[nodiscard]] std::string root() const { return read("root.pem"); }

  /// A certificate for the authority's key: validity as YYYYMMDDhhmmssZ, extensions by section.
  void certify(const std::string& file, const std::string& from, const std::string& to,
               const std::string& extensions) {
    openssl("ca -config ca.cnf -batch -notext -in tsa.csr -out " + file + " -startdate " + from +
            " -enddate " + to + " -extensions " + extensions);
  }

  /// From now on tokens are signed with this certificate and hash.
  void configure(const std::string& certificate, const std::string& hash) {
    write("tsa.cnf", "[tsa]\ndefault_tsa=t\n[t]\nserial=tsa_serial\nsigner_cert=" + certificate +
                         "\nsigner_key=tsa.key\nsigner_digest=" + hash +
                         "\ndefault_policy=1.2.3.4.1\nother_policies=1.2.3.4.5\ndigests=sha256\n"
                         "accuracy=secs:1,millisecs:500,microsecs:100\ness_cert_id_alg=sha256\n");
  }

  /// What the authority answers to a TimeStampReq.
  [[nodiscard]] std::string answer(std::string_view request) const {
    write("in.tsq", request);
    openssl("ts -reply -config tsa.cnf -queryfile in.tsq -out out.tsr");
    return read("out.tsr");
  }

  /// The statement in a response (TSTInfo), without what is around it.
  [[nodiscard]] std::string statement_of(std::string_view response) const {
    write("in.tsr", response);
    openssl("ts -reply -config tsa.cnf -in in.tsr -token_out -out token.der");
    openssl("cms -verify -noverify -inform DER -in token.der -out statement.der");
    return read("statement.der");
  }

  /// A response with this statement, signed by `openssl cms`, which does not mind what a
  /// certificate is for and when it ended.
  [[nodiscard]] std::string sign_statement(std::string_view statement,
                                           const std::string& certificate) const {
    write("statement.der", statement);
    openssl(
        "cms -sign -econtent_type 1.2.840.113549.1.9.16.1.4 -nodetach -binary -cades -md sha256 "
        "-outform DER -in statement.der -inkey tsa.key -signer " +
        certificate + " -out token.der");
    const std::string token = read("token.der");
    const std::string status("\x30\x03\x02\x01\x00", 5);  // PKIStatusInfo { granted }
    const std::size_t length = status.size() + token.size();
    if (length < 256 || length > 65'535) throw std::runtime_error("a token of another length");
    std::string response("\x30\x82", 2);  // SEQUENCE, two bytes of length
    response += static_cast<char>(length >> 8U);
    response += static_cast<char>(length & 0xFFU);
    return response + status + token;
  }

  /// Runs `openssl` in the authority's folder. Throws with what it printed if it fails.
  void openssl(const std::string& arguments) const {
    if (!try_openssl(arguments)) {
      throw std::runtime_error("openssl " + arguments + ": " + read("printed"));
    }
  }
  /// The same, and says whether it succeeded; what it printed is in the file `printed`.
  [[nodiscard]] bool try_openssl(const std::string& arguments) const {
    const std::string command =
        "cd '" + folder_.path().string() + "' && openssl " + arguments + " >printed 2>&1";
    return std::system(command.c_str()) == 0;  // NOLINT(cert-env33-c): the text is the test's own
  }

  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary | std::ios::trunc) << bytes;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

 private:
  inline static const std::string kNewKey =
      "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256";

  TemporaryFolder folder_;
};

}  // namespace tidewaiter
