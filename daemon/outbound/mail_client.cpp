#include "daemon/outbound/mail_client.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "daemon/outbound/curl_handles.h"

namespace tidewaiter {
namespace {

/// What is left of the message.
struct MailUpload {
  std::string_view text;
};

std::size_t give_text(char* to, std::size_t size, std::size_t count, void* user) {
  auto& upload = *static_cast<MailUpload*>(user);
  const std::size_t bytes = std::min(size * count, upload.text.size());
  std::memcpy(to, upload.text.data(), bytes);
  upload.text.remove_prefix(bytes);
  return bytes;
}

std::size_t drop_answer(char* /*data*/, std::size_t size, std::size_t count, void* /*user*/) {
  return size * count;
}

class CurlMailClient : public MailClient {
 public:
  explicit CurlMailClient(const MailLimits& limits) : limits_(limits) {}

  Result<void> send(const MailRequest& request, const std::stop_token& stop) override {
    if (auto fits = check_mail_server(request.server); !fits) return fits;
    const std::optional<CurlCarrier> carrier = make_curl_carrier();
    if (!carrier) return fail(ErrorCode::kUnavailable, "cannot start libcurl");
    CURL* const easy = carrier->easy.get();
    CurlList recipients;
    for (const std::string& address : request.to) append_to(recipients, address);
    MailUpload upload{request.text};
    set_up(easy, request, recipients.get(), upload);
    std::string password;
    if (request.password != nullptr) {
      password = request.password->expose();
      curl_easy_setopt(easy, CURLOPT_USERNAME, request.user.c_str());
      curl_easy_setopt(easy, CURLOPT_PASSWORD, password.c_str());
    }
    const Result<CURLcode> code = run_transfer(*carrier, stop);
    ::explicit_bzero(password.data(), password.size());
    if (!code) return tl::unexpected(code.error());
    if (*code == CURLE_OK) return {};
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    std::string why = std::string("the mail server did not take it: ") + curl_easy_strerror(*code);
    if (status > 0) why += ", status " + std::to_string(status);
    return fail(ErrorCode::kUnavailable, std::move(why));
  }

 private:
  void set_up(CURL* easy, const MailRequest& request, curl_slist* recipients,
              MailUpload& upload) const {
    const CurlUrl url = parsed_curl_url(request.server);
    const bool here = is_loopback_host(curl_part(url.get(), CURLUPART_HOST));
    curl_easy_setopt(easy, CURLOPT_URL, request.server.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     static_cast<long>(here ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    trust_only(easy, request.ca);
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, request.from.c_str());
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_text);
    curl_easy_setopt(easy, CURLOPT_READDATA, &upload);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_answer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, drop_answer);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    const auto ms = [](Duration d) { return static_cast<long>(d.us / 1000); };
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, ms(limits_.connect));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms(limits_.total));
  }

  MailLimits limits_;
};

}  // namespace

Result<void> check_mail_server(std::string_view text) {
  const CurlUrl url = parsed_curl_url(text);
  if (!url) return fail(ErrorCode::kInvalidInput, "the mail server's URL cannot be read");
  const std::string scheme = curl_part(url.get(), CURLUPART_SCHEME);
  if (scheme != "smtp" && scheme != "smtps") {
    return fail(ErrorCode::kInvalidInput, "the mail server's URL is neither smtps nor smtp");
  }
  const std::string path = curl_part(url.get(), CURLUPART_PATH);
  const bool bare =
      (path.empty() || path == "/") &&
      std::ranges::all_of(
          std::array{CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT},
          [&](CURLUPart part) { return curl_part(url.get(), part).empty(); });
  if (!bare || curl_part(url.get(), CURLUPART_HOST).empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the mail server's URL has more than a host and a port, or no host");
  }
  return {};
}

std::unique_ptr<MailClient> make_curl_mail_client(const MailLimits& limits) {
  return std::make_unique<CurlMailClient>(limits);
}

}  // namespace tidewaiter
