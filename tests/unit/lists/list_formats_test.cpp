// A small list of each format, in the form that its publisher gives it, and what it says.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/lists/list_format.h"

namespace tidewaiter {
namespace {

using testing::ElementsAre;

/// "id|kind|name|aliases, weak ones with ~|countries|identifiers|programs"
std::vector<std::string> told(const OfacFiles& files) {
  const Result<ParsedList> list = parse_list(files);
  if (!list) return {list.error().message};
  std::vector<std::string> lines;
  const auto joined = [](const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : "+") + text;
    return all;
  };
  for (const ListEntry& entry : list->entries) {
    std::vector<std::string> aliases;
    for (const ListedName& one : entry.aliases)
      aliases.push_back((one.is_weak ? "~" : "") + one.text);
    lines.push_back(entry.id + "|" +
                    (entry.kind ? std::string(party_kind_name(*entry.kind)) : "?") + "|" +
                    entry.name + "|" + joined(aliases) + "|" + joined(entry.countries) + "|" +
                    joined(entry.identifiers) + "|" + joined(entry.programs));
  }
  for (const ListFault& fault : list->faults) {
    constexpr const char* kFiles[] = {"", " of the aliases", " of the addresses",
                                      " of the comments"};
    lines.push_back("fault " + std::to_string(fault.line) +
                    kFiles[static_cast<std::size_t>(fault.file)] + ": " + fault.message);
  }
  return lines;
}
std::vector<std::string> told(std::string_view text) { return told({text, {}, {}}); }

TEST(ListFormats, OfacCsv) {
  EXPECT_THAT(
      told(
          {"36,\"AEROCARIBBEAN AIRLINES\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n"
           "9639,\"HANIYA, Ismail\",\"individual\",\"NS-PLC\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"
           "\"DOB 1962; Passport A123 (Jordan); POB Shati.\"\r\n"
           "x,y\r\n",
           "36,12,\"aka\",\"AERO-CARIBBEAN\",-0- \r\n99,1,\"aka\",\"NOBODY\",-0- \r\n",
           "36,5,-0- ,\"Havana\",\"Cuba\",-0- \r\n36,6,-0- ,-0- ,\"Cuba\",-0- \r\n"}),
      ElementsAre("36|organisation|AEROCARIBBEAN AIRLINES|AERO-CARIBBEAN|Cuba||CUBA",
                  "9639|person|HANIYA, Ismail|||A123|NS-PLC",
                  "fault 3: expected 12 cells, an entry's number first, but there are 2",
                  "fault 2 of the aliases: there is no entry 99"));
}

// OFAC's data specification puts weak aliases into the remarks alone.
TEST(ListFormats, RemarksOfOfacCsvHaveWeakAliasesIdentifiersAndNationalities) {
  const std::string before = "7,\"ROE, Jane\",\"individual\",\"SDGT\",";
  const std::string nothing = "-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,";
  EXPECT_THAT(
      told(before + nothing +
           "\"DOB 1962; nationality Cuba; citizen Peru; a.k.a. 'JAY'; alt. Passport 12 34 "
           "(Cuba) issued 2001; NIT # 80-1 (Peru); Tax ID No. 1.2.3; Gender Female; Digital "
           "Currency Address - XBT 1abc; a.k.a. 'O'ROE'.\"\r\n"),
      ElementsAre("7|person|ROE, Jane|~JAY+~O'ROE|Cuba+Peru|12 34+80-1+1.2.3+1abc|SDGT"));
  EXPECT_THAT(told("8,\"SEA\",\"vessel\",\"CUBA\",-0- ,\"CL2\",\"Tanker\",-0- ,-0- ,\"Peru\",-0- ,"
                   "\"Vessel Registration Identification IMO 9187629.\"\r\n"),
              ElementsAre("8|organisation|SEA||Peru|CL2+IMO 9187629|CUBA"));
}

TEST(ListFormats, RemarksOfOfacCsvGoOnInTheFileOfComments) {
  const std::string row =
      "7,\"ROE\",-0- ,\"SDGT\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"a.k.a. 'RO\"\r\n";
  EXPECT_THAT(told({row, {}, {}, "7,\"ECO'; NIT # 5.\"\r\n9,\"x\"\r\nx\r\n"}),
              ElementsAre("7|organisation|ROE|~ROECO||5|SDGT",
                          "fault 3 of the comments: expected 2 cells, an entry's number first, but "
                          "there are 1",
                          "fault 2 of the comments: there is no entry 9"));
  EXPECT_THAT(told(row),
              ElementsAre("7|organisation|ROE||||SDGT",
                          "fault 1: the remarks of entry 7 end within an alias: expected the file "
                          "of comments, which has the rest"));
}

TEST(ListFormats, TableWithAHeader) {
  EXPECT_THAT(told("name,alias,weak_alias,kind,country,identifier\n"
                   "Jane Roe,\"J. Roe; Jenny Roe\",Jay,person,FR;DE,passport:1\n"
                   ",,,,,\n"
                   ",,,person,FR,\n"
                   "a,b,c,d,e,f,g\n"),
              ElementsAre("1|person|Jane Roe|J. Roe+Jenny Roe+~Jay|FR+DE|passport:1|",
                          "fault 4: the row has no name",
                          "fault 5: expected 6 cells as in the header, but there are 7"));
}

TEST(ListFormats, RowsOfOneIdAreOneEntry) {
  EXPECT_THAT(told("id,kind,name,country,program\n"
                   "7,person,Jane Roe,FR,A\n"
                   "8,,Roe LLC,,\n"
                   "7,,Jenny Roe,DE,A\n"
                   "7,entity,Roe Seven,,\n"),
              ElementsAre("7|person|Jane Roe|Jenny Roe|FR+DE||A", "8|?|Roe LLC||||",
                          "7|organisation|Roe Seven||||"));
}

TEST(ListFormats, DeniedPersonsListTsv) {
  EXPECT_THAT(told("\"Name\"\t\"Street_Address\"\t\"City\"\t\"State\"\t\"Country\"\n"
                   "\"JOHN ROE\"\t\"1 A STREET\"\t\"EL PASO\"\t\"TX\"\t\"US\"\n"),
              ElementsAre("1|?|JOHN ROE||US||"));
}

TEST(ListFormats, ConsolidatedScreeningListJson) {
  EXPECT_THAT(told(R"({"results":[{"id":"ab","name":"ROE LLC","alt_names":["ROE INC","ROE"],
                      "type":"Entity","addresses":[{"city":"Paris","country":"FR"}],
                      "ids":[{"type":"Tax ID No.","number":"80"}],"programs":["SDNTK"],
                      "source":"SDN"},{"alt_names":[]}, 5]})"),
              ElementsAre("ab|organisation|ROE LLC|ROE INC+ROE|FR|80|SDNTK+SDN",
                          "fault 0: party 2 has no name", "fault 0: party 3 is not an object"));
  EXPECT_THAT(told("{\"a\":1}"), ElementsAre(testing::HasSubstr("has no parties")));
  EXPECT_THAT(told("{\"a\":"), ElementsAre(testing::HasSubstr("is not JSON")));
}

TEST(ListFormats, ConsolidatedScreeningListCsv) {
  EXPECT_THAT(told("source,entity_number,type,programs,name,addresses,alt_names,citizenships,"
                   "ids,vessel_flag\n"
                   "SDN,5,Entity,SDNTK; CUBA,ROE LLC,\"1 A St, Miami, FL, 33130, US; CU\",ROE; RO,,"
                   "\"US, 80-1, Tax ID No.; 0-1, Registration ID; http://a.b, Website\",\n"),
              ElementsAre("5|organisation|ROE LLC|ROE+RO|US+CU|80-1+0-1|SDN+SDNTK+CUBA"));
  EXPECT_THAT(told("_id,source,entity_number,type,name,addresses,alt_names,ids\n"
                   "ab,SDN,5,Individual,ROE,\"Pyongyang, KP\",,\"Passport, 836, KP; Gender, "
                   "Male; SWIFT/BIC, ABCDRUMM\"\n"),
              ElementsAre("5|person|ROE||KP|836+ABCDRUMM|SDN"));
}

// The columns, and values in quotes within cells, as in
// datasets/eu/journal_sanctions/data/FORMAT.md.
TEST(ListFormats, OfficialJournalOfTheEuropeanUnionCsv) {
  const std::string header =
      "celex,recordId,programKey,annex,measure,schema,name,alias,weakAlias,nationality,"
      "passportNumber,kppCode\n";
  EXPECT_THAT(
      told(header +
           "1R2,1.,EU-X,I.A,Travel ban,Person,Jane Roe; Jr,\"J; \"\"R; \"\"\"\"O\"\"\"\"\"\"\",Jay,"
           "\"\"\"(a) German; (b) Peruvian\"\"\",A1; B2,770\n"
           "1R2,1.,EU-X,I.A,Asset freeze,Person,Jane Roe; Jr,J,,,C3,\n"
           "1R2,1.,EU-X,I.B,Asset freeze,LegalEntity,Roe LLC,,,,,\n"
           "1R2,,EU-X,I.C,Asset freeze,Vessel,Sea,\"\"\"open\",,,,\n"
           "1R2,2,EU-X\n"
           "1R2,3,EU-X,I.C,Asset freeze,Vessel,,,,,,\n"),
      ElementsAre("I.A 1.|person|Jane Roe; Jr|J+R; \"O\"+~Jay|German+Peruvian|A1+B2+C3|"
                  "EU-X+Travel ban+Asset freeze",
                  "I.B 1.|?|Roe LLC||||EU-X+Asset freeze",
                  "4|organisation|Sea||||EU-X+Asset freeze",
                  "fault 5: a quoted value of `alias` does not end",
                  "fault 6: expected 12 cells as in the header, but there are 3",
                  "fault 7: the row has no name"));
}

TEST(ListFormats, EuropeanUnionXml) {
  EXPECT_THAT(
      told("<?xml version=\"1.0\"?>\n"
           "<export xmlns=\"http://eu.europa.ec/fpi/fsd/export\">\n"
           "<sanctionEntity euReferenceNumber=\"EU.1.2\" logicalId=\"13\">\n"
           "<regulation programme=\"AAA\"/><regulation programme=\"AAA\"/>\n"
           "<subjectType code=\"person\" classificationCode=\"P\"/>\n"
           "<nameAlias wholeName=\"Jay\" strong=\"false\"/>\n"
           "<nameAlias firstName=\"Jane\" lastName=\"Roe\" wholeName=\"\" strong=\"true\"/>\n"
           "<nameAlias wholeName=\"Жанна Ро\" strong=\"true\"><remark>Low quality alias"
           "</remark></nameAlias>\n"
           "<nameAlias wholeName=\"\" strong=\"true\"/>\n"
           "<citizenship countryIso2Code=\"PE\" countryDescription=\"PERU\"/>\n"
           "<address countryIso2Code=\"00\" countryDescription=\"UNKNOWN\"/>\n"
           "<identification number=\"A1\" latinNumber=\"A1\"/></sanctionEntity>\n"
           "<sanctionEntity logicalId=\"14\"><subjectType code=\"enterprise\"/>"
           "<nameAlias wholeName=\"Roe LLC\" strong=\"true\"/></sanctionEntity>\n"
           "<sanctionEntity logicalId=\"15\"/></export>"),
      ElementsAre("EU.1.2|person|Jane Roe|~Jay+~Жанна Ро|PE|A1|AAA", "14|organisation|Roe LLC||||",
                  "fault 9: the nameAlias has no name", "fault 14: the party has no name"));
}

TEST(ListFormats, UnitedKingdomXml) {
  EXPECT_THAT(
      told("<Designations><DateGenerated>01/02/2026</DateGenerated>\n"
           "<Designation><UniqueID>ABC0001</UniqueID><OFSIGroupID>7</OFSIGroupID><Names>"
           "<Name><Name6>ROECO</Name6><NameType>ALias</NameType>"
           "<AliasStrength>Good quality a.k.a</AliasStrength></Name>"
           "<Name><Name1>JANE</Name1><Name2>J</Name2><Name6>ROE</Name6>"
           "<NameType>Primary name</NameType></Name>"
           "<Name><Name1>JAY</Name1><NameType>Alias</NameType>"
           "<AliasStrength>Low quality a.k.a</AliasStrength></Name></Names>"
           "<NonLatinNames><NonLatinName><NameNonLatinScript>Жанна Ро</NameNonLatinScript>"
           "</NonLatinName></NonLatinNames>"
           "<RegimeName>The Example Regulations 2020</RegimeName>"
           "<IndividualEntityShip>Individual</IndividualEntityShip>"
           "<Addresses><Address><AddressCountry>Peru</AddressCountry></Address></Addresses>"
           "<IndividualDetails><Individual><Nationalities><Nationality>Cuba</Nationality>"
           "</Nationalities><PassportDetails><Passport><PassportNumber>A1</PassportNumber>"
           "</Passport></PassportDetails><NationalIdentifierDetails><NationalIdentifier>"
           "<NationalIdentifierNumber>N2</NationalIdentifierNumber></NationalIdentifier>"
           "</NationalIdentifierDetails></Individual></IndividualDetails></Designation>\n"
           "<Designation><OFSIGroupID>8</OFSIGroupID><Names><Name><Name6>SEA</Name6>"
           "<NameType>Primary Name</NameType></Name></Names>"
           "<IndividualEntityShip>Ship</IndividualEntityShip><ShipDetails><Ship><IMONumbers>"
           "<IMONumber>9187629</IMONumber></IMONumbers></Ship></ShipDetails></Designation>\n"
           "<Designation><Names><Name><NameType>Primary Name</NameType></Name></Names>"
           "</Designation></Designations>"),
      ElementsAre("ABC0001|person|JANE J ROE|ROECO+~JAY+Жанна Ро|Peru+Cuba|A1+N2|"
                  "The Example Regulations 2020",
                  "8|organisation|SEA|||9187629|", "fault 4: the Name has no text",
                  "fault 4: the party has no name"));
}

TEST(ListFormats, UnitedKingdomCsv) {
  EXPECT_THAT(told("Report Date: 01-Feb-2026\n"
                   "Last Updated,Unique ID,OFSI Group ID,Name 6,Name 1,Name type,Alias strength,"
                   "Name non-latin script,Regime Name,Designation Type,Address Country,"
                   "Nationality(/ies),Passport number\n"
                   "01/02/2026,ABC1,7,ROECO,,Alias,Good quality a.k.a,,The X,Individual,Peru,,A1\n"
                   "01/02/2026,ABC1,7,ROE,JANE,Primary Name,,Ро,The X,Individual,Peru,Cuba,A1\n"
                   "01/02/2026,ABC1,7,JAY,,Alias,Low quality a.k.a,,The X,Individual,,,B2\n"
                   "01/02/2026,ABC2,8,SEA,,Primary name,,,The X,Ship,,,\n"
                   "01/02/2026,,8,SEA,,Primary name,,,The X,Ship,,,\n"
                   "01/02/2026,ABC3,9\n"),
              ElementsAre("ABC1|person|JANE ROE|ROECO+Ро+~JAY|Peru+Cuba|A1+B2|The X",
                          "ABC2|organisation|SEA||||The X", "fault 7: the row has no id",
                          "fault 8: the row has no name", "fault 8: the party has no name"));
  EXPECT_THAT(told("Last Updated,01/02/2026\n"
                   "Name 6,Name 1,Name Non-Latin Script,Nationality,Passport Number,Country,"
                   "Group Type,Alias Type,Alias Quality,Regime,Group ID\n"
                   "ROE,JANE,,Cuba,A1,Peru,Individual,Primary name,,X,7\n"
                   "ROECO,,,,,,Individual,AKA,Low,X,7\n"),
              ElementsAre("7|person|JANE ROE|~ROECO|Cuba+Peru|A1|X"));
}

TEST(ListFormats, OfacXml) {
  EXPECT_THAT(
      told("<sdnList xmlns=\"http://tempuri.org/sdnList.xsd\">\n"
           "<sdnEntry><uid>7</uid><firstName>Jane</firstName><lastName>ROE</lastName>"
           "<sdnType>Individual</sdnType><programList><program>SDGT</program>"
           "<program>CUBA</program></programList><idList><id><idType>Passport</idType>"
           "<idNumber>A1</idNumber></id><id><idType>Gender</idType><idNumber>Female</idNumber>"
           "</id></idList><akaList><aka><type>a.k.a.</type><category>weak</category>"
           "<lastName>JAY</lastName></aka><aka><category>strong</category>"
           "<lastName>RO</lastName><firstName>J.</firstName></aka>\n<aka/></akaList>"
           "<addressList><address><country>Peru</country></address></addressList>"
           "<nationalityList><nationality><country>Cuba</country></nationality>"
           "</nationalityList></sdnEntry>\n"
           "<sdnEntry><uid>8</uid><lastName>SEA</lastName><sdnType>Vessel</sdnType><vesselInfo>"
           "<callSign>CL2</callSign><vesselFlag>Peru</vesselFlag></vesselInfo></sdnEntry>\n"
           "<sdnEntry><uid>9</uid></sdnEntry></sdnList>"),
      ElementsAre("7|person|ROE, Jane|~JAY+RO, J.|Peru+Cuba|A1|SDGT+CUBA",
                  "8|organisation|SEA||Peru|CL2|", "fault 3: the aka has no name",
                  "fault 5: the party has no name"));
}

// The order is that of the files: types of parties stand behind the subtypes that refer to them.
TEST(ListFormats, OfacAdvancedXml) {
  EXPECT_THAT(
      told("<Sanctions xmlns=\"x\"><ReferenceValueSets>"
           "<CountryValues><Country ID=\"11\" ISO2=\"PE\">Peru</Country></CountryValues>"
           "<AreaCodeValues><AreaCode ID=\"12\" Description=\"Cuba\">CU</AreaCode></AreaCodeValues>"
           "<FeatureTypeValues><FeatureType ID=\"25\">Location</FeatureType>"
           "<FeatureType ID=\"9\">Place of Birth</FeatureType>"
           "<FeatureType ID=\"13\">SWIFT/BIC</FeatureType></FeatureTypeValues>"
           "<IDRegDocTypeValues><IDRegDocType ID=\"71\">Passport</IDRegDocType>"
           "<IDRegDocType ID=\"72\">Gender</IDRegDocType></IDRegDocTypeValues>"
           "<PartySubTypeValues><PartySubType ID=\"4\" PartyTypeID=\"1\">Unknown</PartySubType>"
           "</PartySubTypeValues>"
           "<PartyTypeValues><PartyType ID=\"1\">Individual</PartyType></PartyTypeValues>"
           "<SanctionsTypeValues><SanctionsType ID=\"1\">Program</SanctionsType>"
           "<SanctionsType ID=\"2\">Block</SanctionsType></SanctionsTypeValues>"
           "</ReferenceValueSets><Locations>"
           "<Location ID=\"5\"><LocationCountry CountryID=\"11\"/></Location>"
           "<Location ID=\"6\"><LocationAreaCode AreaCodeID=\"12\"/></Location></Locations>"
           "<IDRegDocuments><IDRegDocument IDRegDocTypeID=\"71\" IdentityID=\"31\">"
           "<IDRegistrationNo>A1</IDRegistrationNo></IDRegDocument>"
           "<IDRegDocument IDRegDocTypeID=\"72\" IdentityID=\"31\">"
           "<IDRegistrationNo>Female</IDRegistrationNo></IDRegDocument></IDRegDocuments>\n"
           "<DistinctParties><DistinctParty FixedRef=\"7\"><Profile ID=\"70\" PartySubTypeID=\"4\">"
           "<Identity ID=\"31\" Primary=\"true\">"
           "<Alias Primary=\"false\" LowQuality=\"true\"><DocumentedName><DocumentedNamePart>"
           "<NamePartValue>JAY</NamePartValue></DocumentedNamePart></DocumentedName></Alias>"
           "<Alias Primary=\"true\" LowQuality=\"false\"><DocumentedName><DocumentedNamePart>"
           "<NamePartValue>ROE</NamePartValue></DocumentedNamePart><DocumentedNamePart>"
           "<NamePartValue>Jane</NamePartValue></DocumentedNamePart></DocumentedName>"
           "<DocumentedName><DocumentedNamePart><NamePartValue>Ро</NamePartValue>"
           "</DocumentedNamePart></DocumentedName></Alias></Identity>"
           "<Feature FeatureTypeID=\"25\"><FeatureVersion><VersionLocation LocationID=\"5\"/>"
           "</FeatureVersion></Feature>"
           "<Feature FeatureTypeID=\"9\"><FeatureVersion><VersionLocation LocationID=\"6\"/>"
           "</FeatureVersion></Feature>"
           "<Feature FeatureTypeID=\"25\"><FeatureVersion><VersionLocation LocationID=\"6\"/>"
           "<VersionLocation LocationID=\"8\"/></FeatureVersion></Feature>"
           "<Feature FeatureTypeID=\"13\"><FeatureVersion><VersionDetail>ABCDRUMM"
           "</VersionDetail></FeatureVersion></Feature></Profile></DistinctParty>\n"
           "<DistinctParty FixedRef=\"8\"/></DistinctParties><SanctionsEntries>\n"
           "<SanctionsEntry ProfileID=\"70\"><SanctionsMeasure SanctionsTypeID=\"1\">"
           "<Comment>SDGT</Comment></SanctionsMeasure><SanctionsMeasure SanctionsTypeID=\"2\">"
           "<Comment>x</Comment></SanctionsMeasure></SanctionsEntry>"
           "<SanctionsEntry ProfileID=\"71\"/></SanctionsEntries></Sanctions>"),
      ElementsAre("7|person|ROE Jane|~JAY+Ро|Peru+Cuba|A1+ABCDRUMM|SDGT",
                  "fault 2: there is no Location 8", "fault 3: the party has no name",
                  "fault 4: there is no Profile 71"));
}

TEST(ListFormats, OfacEnhancedXml) {
  EXPECT_THAT(
      told("<sanctionsData xmlns=\"https://x/ENHANCED_XML\"><entities>\n"
           "<entity id=\"7\"><generalInfo><entityType>Individual</entityType></generalInfo>"
           "<sanctionsPrograms><sanctionsProgram>SDGT</sanctionsProgram></sanctionsPrograms>"
           "<names><name><isPrimary>true</isPrimary><isLowQuality>false</isLowQuality>"
           "<translations><translation><formattedFullName>ROE, Jane</formattedFullName>"
           "</translation><translation><formattedFullName>Ро</formattedFullName></translation>"
           "</translations></name><name><isPrimary>false</isPrimary>"
           "<isLowQuality>true</isLowQuality><translations><translation>"
           "<formattedFullName>JAY</formattedFullName></translation></translations></name>\n"
           "<name/></names><addresses><address><country>Peru</country></address></addresses>"
           "<features><feature><type>NATIONALITY COUNTRY</type><value>Cuba</value></feature>"
           "<feature><type>Birthdate</type><value>1951</value></feature>"
           "<feature><type>SWIFT/BIC</type><value>ABCDRUMM</value></feature></features>"
           "<identityDocuments><identityDocument><type>Passport</type>"
           "<documentNumber>A1</documentNumber></identityDocument></identityDocuments></entity>\n"
           "<entity id=\"8\"/></entities></sanctionsData>"),
      ElementsAre("7|person|ROE, Jane|Ро+~JAY|Peru+Cuba|A1+ABCDRUMM|SDGT",
                  "fault 3: the name has no text", "fault 4: the party has no name"));
}

TEST(ListFormats, OfAnOfacDeltaWhatItAddsIsRead) {
  EXPECT_THAT(
      told("<sanctionsData xmlns=\"https://www.treasury.gov/ofac/DeltaFile/1.0\"><entities>\n"
           "<entity id=\"7\" action=\"add\"><names><name><isPrimary>true</isPrimary><translations>"
           "<translation><formattedFullName>ROE</formattedFullName></translation></translations>"
           "</name></names></entity>\n"
           "<entity id=\"8\" action=\"remove\"/>\n<entity id=\"9\"/></entities></sanctionsData>"),
      ElementsAre("7|?|ROE||||",
                  "fault 3: the delta removes entry 8, which is not in it whole: take the list "
                  "itself",
                  "fault 4: the delta changes entry 9, which is not in it whole: take the list "
                  "itself"));
}

TEST(ListFormats, UnitedNationsXml) {
  EXPECT_THAT(
      told("<?xml version=\"1.0\"?><CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL>"
           "<FIRST_NAME>MOHAMED</FIRST_NAME><SECOND_NAME>LAKHAL</SECOND_NAME>"
           "<UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE><REFERENCE_NUMBER>QDi.062</REFERENCE_NUMBER>"
           "<NAME_ORIGINAL_SCRIPT>محمد لكحل</NAME_ORIGINAL_SCRIPT>"
           "<NATIONALITY><VALUE>Tunisia</VALUE></NATIONALITY>"
           "<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Lased</ALIAS_NAME>"
           "</INDIVIDUAL_ALIAS><INDIVIDUAL_DOCUMENT><NUMBER>R1</NUMBER></INDIVIDUAL_DOCUMENT>"
           "</INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY><FIRST_NAME>ADF</FIRST_NAME>"
           "<REFERENCE_NUMBER>CDe.001</REFERENCE_NUMBER></ENTITY><ENTITY/></ENTITIES>"
           "</CONSOLIDATED_LIST>"),
      ElementsAre("QDi.062|person|MOHAMED LAKHAL|محمد لكحل+~Lased|Tunisia|R1|Al-Qaida",
                  "CDe.001|organisation|ADF||||", "fault 1: the party has no name"));
}

TEST(ListFormats, WatchListsInYaml) {
  EXPECT_THAT(told("# own\n---\nparties:\n"
                   "  - Roe LLC\n"
                   "  - {id: w7, name: Jane Roe; Jr, kind: person, alias: [Jay, J.], "
                   "weak_alias: JR,\n     country: [PE, CU], identifier: A1, program: own}\n"
                   "  - {name: Otto, alises: [O], kind: cat, reason: x}\n"
                   "  - {alias: {a: b}}\n"),
              ElementsAre("1|?|Roe LLC||||", "w7|person|Jane Roe; Jr|Jay+J.+~JR|PE+CU|A1|own",
                          "3|?|Otto||||", "fault 7: `alises` says nothing of a party",
                          "fault 7: the kind `cat` is not known: expected `person` or "
                          "`organisation`",
                          "fault 8: expected a text here", "fault 8: the party has no name"));
  EXPECT_THAT(told("- Jane Roe\n- Otto\n"), ElementsAre("1|?|Jane Roe||||", "2|?|Otto||||"));
  EXPECT_THAT(told("parties: [a\n"), ElementsAre(testing::HasSubstr("the YAML is not read: line")));
}

TEST(ListFormats, ListsOfPoliciesAreWatchLists) {
  EXPECT_THAT(told("list: partners\ntitle: Partners\nvalues:\n"
                   "  - {value: Roe LLC, until: 2026-12-31, aliases: [Roeco], country: FR,\n"
                   "     identifiers: ['lei:1']}\n"
                   "---\nid: a-policy\n"),
              ElementsAre("1|?|Roe LLC|Roeco|FR|lei:1|",
                          testing::HasSubstr("fault 7: the document has no parties")));
}

TEST(ListFormats, WhatIsNoListIsRefused) {
  EXPECT_THAT(told("  "), ElementsAre("the list is empty"));
  EXPECT_THAT(told("a,b\n1,2\n"), ElementsAre(testing::HasSubstr("format is not known")));
  EXPECT_THAT(told("\n<?xml version=\"1.0\"?><export/>"),
              ElementsAre(testing::HasSubstr("the XML is not well-formed at line 2, column 1")));
  EXPECT_THAT(told("<html/>"), ElementsAre(testing::HasSubstr("begins with `html`")));
  EXPECT_THAT(told("<export><a/></export>"),
              ElementsAre("fault 0: the XML begins with `export`, but no party is in it"));
}

}  // namespace
}  // namespace tidewaiter
