#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "daemon/sources/push/push_source.h"
#include "push_scene.h"
#include "storage/records/record_log.h"
#include "tests/unit/temporary_folder.h"

namespace tidewaiter {

/// What a daemon's loop does with a source of kind `push`: stores what it gives.
class PushLoop {
 public:
  PushLoop(PushInbox& inbox, const SourceConfig& config)
      : name_(config.name),
        log_(RecordLog::open(folder_ / "records.db", RecordLog::Mode::kReadWrite).value()) {
    SourceServices services;
    services.inbox = &inbox;
    source_ = PushSource::make(config, services).value();
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~PushLoop() { end(); }
  PushLoop(const PushLoop&) = delete;
  PushLoop& operator=(const PushLoop&) = delete;

  /// The state of the source, after the loop has ended.
  SourceState end() {
    if (thread_.joinable()) {
      thread_.request_stop();
      thread_.join();
    }
    return log_->source(name_).value();
  }
  [[nodiscard]] std::vector<RecordLog::Quarantined> quarantine() {
    end();
    return log_->quarantine(name_, 100).value();
  }

 private:
  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!source_->has_news()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        continue;
      }
      const auto page = source_->next(log_->source(name_).value().cursor, push_noon(), {}).value();
      if (page) source_->committed(log_->append(*page, push_noon()).value());
    }
  }

  std::string name_;
  TemporaryFolder folder_;
  std::unique_ptr<RecordLog> log_;
  std::unique_ptr<Connector> source_;
  std::jthread thread_;
};

}  // namespace tidewaiter
