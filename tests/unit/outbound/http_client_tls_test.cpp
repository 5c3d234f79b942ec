// What the HTTP client demands of a TLS server, and shows it. Certificates are made here.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509.h>

#include "daemon/outbound/http_client.h"
#include "tests/unit/temporary_folder.h"
#include "tls_identity.h"
#include "web_server.h"

namespace tidewaiter {
namespace {

using TlsServer = WebServer<httplib::SSLServer>;

void answer_everything(httplib::Server& server) {
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("there", "text/plain");
  });
}

class HttpClientTlsTest : public testing::Test {
 protected:
  [[nodiscard]] Result<HttpResponse> get(const std::string& url, const HttpRoute& route) const {
    HttpRequest request;
    request.url = url;
    request.method = HttpMethod::kGet;
    return make_curl_client({}, route)->send(request, {});
  }

  TemporaryFolder folder_;
  Identity server_identity_{"server"};
};

TEST_F(HttpClientTlsTest, BelievesOnlyWhoTheCaSpeaksFor) {
  const TlsServer server(answer_everything, server_identity_.certificate.get(),
                         server_identity_.key.get());
  const std::string url = server.url("/", "https");
  HttpRoute route;
  const auto stranger = get(url, route);
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().code, ErrorCode::kUnavailable);
  route.ca = server_identity_.write(folder_.path() / "ca.pem");
  const auto known = get(url, route);
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_EQ(known->body, "there");
  // Another host of the same certificate.
  std::string other = url;
  other.replace(other.find("127.0.0.1"), 9, "localhost");
  EXPECT_FALSE(get(other, route));
}

TEST_F(HttpClientTlsTest, ShowsItsCertificateWhereOneIsAskedFor) {
  const Identity client("client");
  X509_STORE* const trusted = X509_STORE_new();  // goes over to the server
  X509_STORE_add_cert(trusted, client.certificate.get());
  const TlsServer server(answer_everything, server_identity_.certificate.get(),
                         server_identity_.key.get(), trusted);
  HttpRoute route;
  route.ca = server_identity_.write(folder_.path() / "ca.pem");
  EXPECT_FALSE(get(server.url("/", "https"), route));
  route.certificate = client.write(folder_.path() / "client.pem");
  route.certificate_key = client.write_key(folder_.path() / "client.key");
  const auto known = get(server.url("/", "https"), route);
  ASSERT_TRUE(known) << known.error().message;
  EXPECT_EQ(known->status, 200);
}

/// Notes the protocols that a client offers (RFC 7301), and takes http/1.1 as a server without
/// HTTP/2 does.
int note_protocols(SSL*, const unsigned char** chosen, unsigned char* chosen_length,
                   const unsigned char* offered, unsigned int length, void* user) {
  static constexpr unsigned char kHttp11[] = "http/1.1";
  static_cast<std::string*>(user)->assign(reinterpret_cast<const char*>(offered), length);
  *chosen = kHttp11;
  *chosen_length = sizeof kHttp11 - 1;
  return SSL_TLSEXT_ERR_OK;
}

TEST_F(HttpClientTlsTest, OffersHttp2AndTakesWhatTheServerHas) {
  std::string offered;
  TlsServer server(answer_everything, server_identity_.certificate.get(),
                   server_identity_.key.get());
  SSL_CTX_set_alpn_select_cb(server.server().ssl_context(), note_protocols, &offered);
  HttpRoute route;
  route.ca = server_identity_.write(folder_.path() / "ca.pem");
  EXPECT_EQ(get(server.url("/", "https"), route).value().body, "there");
  EXPECT_THAT(offered, testing::HasSubstr(std::string("\x02h2")));
}

TEST_F(HttpClientTlsTest, RefusesOldProtocols) {
  TlsServer server(answer_everything, server_identity_.certificate.get(),
                   server_identity_.key.get());
  SSL_CTX_set_min_proto_version(server.server().ssl_context(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(server.server().ssl_context(), TLS1_1_VERSION);
  SSL_CTX_set_security_level(server.server().ssl_context(), 0);
  HttpRoute route;
  route.ca = server_identity_.write(folder_.path() / "ca.pem");
  EXPECT_FALSE(get(server.url("/", "https"), route));
}

}  // namespace
}  // namespace tidewaiter
