#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/outbound/secret.h"
#include "policies/model/error.h"
#include "policies/model/time.h"

namespace tidewaiter {

/// One message and the server that is to take it on.
struct MailRequest {
  /// smtps://HOST[:465], or smtp://HOST[:587], where TLS is begun by STARTTLS, without which
  /// nothing is sent but to this machine.
  std::string server;
  std::filesystem::path ca;          ///< certificates to trust (PEM); empty: the system's
  std::string user;                  ///< empty: the server asks for none
  const Secret* password = nullptr;  ///< outlives the request; null without `user`
  std::string from;                  ///< an address, without a name and brackets
  std::vector<std::string> to;       ///< likewise, at least one
  std::string text;                  ///< the message of RFC 5322, lines ended by CR LF
};

/// Hands messages to a mail server. An interface, so that tests answer without a network.
/// Errors: kInvalidInput (server), kUnavailable (transport, deadline, stopped, or a server that
/// does not take it on, be it for now: its status is told). Messages hold no password.
class MailClient {
 public:
  virtual ~MailClient() = default;
  /// Any thread. Returns soon after `stop` is requested. It is sent if the server has taken it on
  /// for every recipient.
  [[nodiscard]] virtual Result<void> send(const MailRequest& request,
                                          const std::stop_token& stop) = 0;
};

/// Checks what a server's URL must be, see MailRequest::server: without user, password, path, query
/// and fragment. Errors: kInvalidInput.
[[nodiscard]] Result<void> check_mail_server(std::string_view url);

struct MailLimits {
  Duration connect{10 * kSecond.us};
  Duration total{60 * kSecond.us};  ///< a server may greet late on purpose
};

/// libcurl: TLS 1.2 or newer with verification, no proxy. A connection for each message.
[[nodiscard]] std::unique_ptr<MailClient> make_curl_mail_client(const MailLimits& limits = {});

}  // namespace tidewaiter
