#include "daemon/report/report_limits.h"

#include <algorithm>
#include <utility>

#include "daemon/report/source_reach.h"

namespace tidewaiter {
namespace {

/// The limits of one report.
class Limits {
 public:
  Limits(const Report& report, bool clusters) : report_(report), clusters_(clusters) {}

  std::vector<std::string> write() {
    limits_ = {
        "It tells what was recorded, not that nothing else happened: what no source reported, and "
        "what no policy asks for, is not in it.",
        "A finding is a potential violation until a person has confirmed it.",
        "Counts under what could not be told are the program's own, over all subjects, up to the "
        "draft; no signature covers them. Gaps are entries of the ledger."};
    for (std::string& sentence : unseen_sentences(report_)) {
      limits_.push_back(std::move(sentence));
    }
    if (report_.screening) {
      add_screening_limits();
    } else {
      add_list_limits();
    }
    if (std::ranges::any_of(report_.findings,
                            [](const ReportedFinding& f) { return f.listing.has_value(); })) {
      limits_.emplace_back(
          "Whom a finding hits among those who are listed follows from the stored records and the "
          "issue of the list; no entry of the ledger has it.");
    }
    if (report_.cluster) {
      limits_.emplace_back(
          "The picture of the cluster follows from the records that were stored when the report "
          "was "
          "drawn, by the linkage of that day; no entry of the ledger has it.");
    } else if (clusters_) {
      limits_.emplace_back(
          "What links the accounts of a cluster follows from records and is in no entry: it is not "
          "shown.");
    }
    if (report_.members) {
      limits_.emplace_back(
          "Which accounts belong to the cluster, and what each did, follows from the records that "
          "were stored when the report was drawn, by the linkage of that day; of these the ledger "
          "has no more than what the draft is sealed with.");
    }
    if (report_.clusters && report_.clusters->changes) {
      limits_.emplace_back(
          "Which clusters formed, merged and split follows from the stored records, by the linkage "
          "of the day on which the report was drawn; no entry of the ledger has it.");
    }
    if (report_.models) {
      limits_.push_back(
          "Shares of models are of stored usage, and in no entry of the "
          "ledger. " +
          release_words(*report_.models));
    }
    if (report_.usual) {
      limits_.emplace_back(
          "Usage by day, what is usual and the median of peers follow from the records that were "
          "stored when the report was drawn; no entry of the ledger has them. To do more than is "
          "usual, or than others, is no breach.");
    }
    const bool partial =
        (report_.models && !report_.models->complete) ||
        (report_.usual && !report_.usual->complete) ||
        std::ranges::any_of(report_.series, [](const ReportedSeries& s) { return !s.complete; });
    if (partial) {
      limits_.emplace_back(
          "The usage over time is counted from the first part of the "
          "stored records alone.");
    }
    return std::move(limits_);
  }

 private:
  void add_list_limits() {
    const bool aged = std::ranges::any_of(
        report_.findings, [](const ReportedFinding& f) { return !f.lists.empty(); });
    if (aged) {
      limits_.emplace_back(
          "How old a list was is told of the moment at which a finding was recorded, by the entry "
          "that had put the set of policies in force; what policies looked into at other times a "
          "report of the kind `screening-coverage` tells of a period.");
      return;
    }
    limits_.emplace_back(
        "How old a list was is not told: as far as is known, no policy of its findings looks into "
        "one. A report of the kind `screening-coverage` tells what was looked into in a period.");
  }

  void add_screening_limits() {
    const ReportedScreening& told = *report_.screening;
    for (const char* const limit :
         {"Which issue was looked into, and up to when it was known, entries of the ledger say. "
          "How "
          "many entries an issue has, and how much was held against it, follows from the record "
          "log, and whose list it is from the configuration and what is held of the list on the "
          "day of the draft: no entry has these.",
          "A list was stale by the clock of the ledger: from the moment up to which it was known "
          "to hold until another set came into force.",
          "Names and records are counted for the policies that were active, whatever else their "
          "conditions ask. It does not cover names that no source delivers, payments, persons "
          "behind an account whom no record names, and lists that no policy names.",
          "Where a clearance stands is told by what people did; whether name, entry and policy "
          "are still those that it was given for is not."}) {
      limits_.emplace_back(limit);
    }
    if (told.end < report_.period.to) {
      limits_.emplace_back(
          "The period was not over when the report was drawn: nothing is told of what came after "
          "that.");
    }
    if (!told.sets_known) {
      limits_.emplace_back(
          "A policy set that was in force in the period is not stored, or cannot be read by this "
          "version: what it looked into beside published lists, and by which policies, is not "
          "known.");
    }
    if (!told.counted) {
      limits_.emplace_back(
          "The record log cannot be read, or retention has dropped a part of the period: more was "
          "screened than is counted.");
    }
  }

  const Report& report_;
  bool clusters_;
  std::vector<std::string> limits_;
};

}  // namespace

std::vector<std::string> report_limits(const Report& report, bool about_clusters) {
  return Limits(report, about_clusters).write();
}

}  // namespace tidewaiter
