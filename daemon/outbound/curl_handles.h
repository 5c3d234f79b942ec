#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "policies/model/error.h"

namespace tidewaiter {

// What the clients of this folder share of libcurl; no other folder sees it.

struct CurlUrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct CurlEasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct CurlMultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct CurlListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlUrl = std::unique_ptr<CURLU, CurlUrlDeleter>;
using CurlEasy = std::unique_ptr<CURL, CurlEasyDeleter>;
using CurlMulti = std::unique_ptr<CURLM, CurlMultiDeleter>;
using CurlList = std::unique_ptr<curl_slist, CurlListDeleter>;

/// Null if the text is no URL of a protocol that libcurl knows.
[[nodiscard]] CurlUrl parsed_curl_url(std::string_view text);

/// One part of a parsed URL; empty if it has none.
[[nodiscard]] std::string curl_part(CURLU* url, CURLUPart which);

/// A host as a URL has it that is this machine by its name or address.
[[nodiscard]] bool is_loopback_host(const std::string& host);

/// Has the transfer believe these certificates (PEM) alone; an empty path: the system's.
void trust_only(CURL* easy, const std::filesystem::path& ca);

/// Appends a copy of the text.
void append_to(CurlList& list, const std::string& text);

/// What carries one transfer at a time, and keeps its connections for the next.
struct CurlCarrier {
  // The transfer is taken out before the connections go.
  CurlMulti multi;
  CurlEasy easy;
};

/// Nothing if libcurl does not start.
[[nodiscard]] std::optional<CurlCarrier> make_curl_carrier();

/// Runs the transfer that is set up in `carrier`. Returns soon after `stop` is requested. Errors:
/// kUnavailable, also for a stop.
[[nodiscard]] Result<CURLcode> run_transfer(const CurlCarrier& carrier,
                                            const std::stop_token& stop);

}  // namespace tidewaiter
