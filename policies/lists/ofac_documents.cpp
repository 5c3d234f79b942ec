#include "policies/lists/ofac_documents.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "policies/lists/column_meaning.h"
#include "policies/lists/delimited_rows.h"
#include "policies/model/ascii.h"

namespace tidewaiter {
namespace {

/// What precedes a document's number. Of two that end at one place the longer stands first.
constexpr std::string_view kLabels[] = {
    "Passport Booklet: ",
    "Passport Booklet ",
    "Passport ",
    "Cedula No. ",
    "National ID No. ",
    "National Foreign ID Number ",
    "Personal ID Card ",
    "National ID Card ",
    "Citizen's Card Number ",
    "Kenyan ID No. ",
    "Residency Number ",
    "Birth Certificate Number ",
    "Travel Document Number ",
    "Driver's License No. ",
    "Electoral Registry No. ",
    "Credencial electoral ",
    "Cartilla de Servicio Militar Nacional ",
    "Numero de Identidad ",
    "VisaNumberID ",
    "SSN ",
    "D.N.I. ",
    "I.F.E. ",
    "C.U.R.P. # ",
    "C.U.R.P. ",
    "C.U.I.P. ",
    "C.U.I.T. ",
    "C.U.I. ",
    "C.I.F. ",
    "R.F.C. # ",
    "R.F.C. ",
    "RFC ",
    "RTN ",
    "RUC # ",
    "RIF # ",
    "NIT # ",
    "Tax ID No. ",
    "V.A.T. Number ",
    "US FEIN ",
    "Fiscal Code: ",
    "Fiscal Code ",
    "Identification Number ",
    "Registration Identification ",
    "Registration Number ",
    "Registration ID ",
    "Registration Document # ",
    "Commercial Registry Number ",
    "Folio Mercantil No. ",
    "Matricula Mercantil No ",
    "Company Number ",
    "Business Number ",
    "Enterprise Number ",
    "Branch Unit Number ",
    "Legal Entity Number ",
    "LE Number ",
    "File Number ",
    "Chamber of Commerce Number ",
    "Chamber of Commerce Membership No. ",
    "Certificate of Incorporation Number ",
    "Registered Charity No. ",
    "Trade License No. ",
    "C.R. No. ",
    "License Number ",
    "Government Gazette Number ",
    "Social Credit Code (USCC) ",
    "Social Credit Code Certificate (USCCC) ",
    "D-U-N-S Number ",
    "SWIFT/BIC ",
    "BIK (RU) ",
    "ISIN ",
    "MMSI ",
    "Serial Number (MSN) ",
    "Aircraft Tail Number ",
    "Aircraft Construction Number (also called L/N or S/N or F/N) ",
    "Digital Currency Address - "};

constexpr std::string_view kNoDocuments[] = {"gender",
                                             "website",
                                             "email",
                                             "phone",
                                             "fax",
                                             "secondary sanc",
                                             "additional sa",
                                             "executive orde",
                                             "transactions p",
                                             "organization",
                                             "target type",
                                             "listing date",
                                             "effective date",
                                             "purchase/sales",
                                             "vessel year",
                                             "aircraft manufacture date",
                                             "aircraft model",
                                             "aircraft operator",
                                             "nationality of",
                                             "issuer name",
                                             "for more info",
                                             "caatsa",
                                             "peesa"};

/// Whether a label begins at `at`: a part's own begin, or a word's before any number.
bool begins_word(std::string_view part, std::size_t at) {
  return at == 0 || (part[at - 1] == ' ' && std::ranges::none_of(part.substr(0, at), is_digit));
}

/// The document's number that a part of the remarks names; empty if it names none.
std::string_view number_in(std::string_view part) {
  for (const std::string_view label : kLabels) {
    const std::size_t at = part.find(label);
    if (at == std::string_view::npos || !begins_word(part, at)) continue;
    std::string_view rest = part.substr(at + label.size());
    if (label.starts_with("Digital")) {  // the currency's name stands first
      rest.remove_prefix(std::min(rest.find(' ') + 1, rest.size()));
    }
    for (const std::string_view end : {" (", " issued", " expires", ","}) {
      rest = rest.substr(0, rest.find(end));
    }
    rest = trimmed(rest);
    if (rest.ends_with('.')) rest.remove_suffix(1);
    return rest;
  }
  return {};
}

/// False if the quote does not end.
bool add_weak_alias(ListEntry& entry, std::string_view quoted) {
  if (quoted.ends_with('.')) quoted.remove_suffix(1);
  if (quoted.empty() || !quoted.ends_with('\'')) return false;
  quoted.remove_suffix(1);
  add_one_value(entry, ColumnMeaning::kWeakAlias, quoted);
  return true;
}

}  // namespace

bool names_no_document(std::string_view type) {
  const std::string lower = ascii_lower(trimmed(type));
  return std::ranges::any_of(kNoDocuments,
                             [&lower](std::string_view begin) { return lower.starts_with(begin); });
}

ColumnMeaning ofac_feature(std::string_view type) {
  constexpr std::string_view kCountries[] = {"location", "nationality country",
                                             "citizenship country", "nationality of registration",
                                             "vessel flag"};
  constexpr std::string_view kNumbers[] = {"swift/bic", "vessel call sign", "mmsi",
                                           "d-u-n-s number", "digital currency address"};
  const std::string lower = ascii_lower(trimmed(type));
  if (std::ranges::find(kCountries, lower) != std::end(kCountries)) return ColumnMeaning::kCountry;
  const bool is_number = std::ranges::any_of(
      kNumbers, [&lower](std::string_view begin) { return lower.starts_with(begin); });
  return is_number ? ColumnMeaning::kIdentifier : ColumnMeaning::kNothing;
}

bool add_ofac_remarks(ListEntry& entry, std::string_view remarks) {
  constexpr std::string_view kQuoted = "a.k.a. '";
  bool is_whole = true;
  for (const std::string& one : split_list(remarks, ";")) {
    std::string_view part = one;
    if (part.starts_with("alt. ")) part.remove_prefix(5);
    if (part.starts_with(kQuoted)) {
      is_whole = add_weak_alias(entry, part.substr(kQuoted.size())) && is_whole;
      continue;
    }
    if (part.ends_with('.')) part.remove_suffix(1);
    for (const std::string_view label : {"nationality ", "citizen "}) {
      if (part.starts_with(label)) {
        add_one_value(entry, ColumnMeaning::kCountry, part.substr(label.size()));
      }
    }
    add_one_value(entry, ColumnMeaning::kIdentifier, number_in(part));
  }
  return is_whole;
}

}  // namespace tidewaiter
