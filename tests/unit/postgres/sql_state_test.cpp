#include "storage/postgres/sql_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidewaiter {
namespace {

using testing::HasSubstr;

TEST(SqlState, IsTheEndOfATerseMessage) {
  EXPECT_EQ(sql_state_in("FATAL:  28P01\n"), "28P01");
  EXPECT_EQ(sql_state_in("ERROR:  42P01"), "42P01");
  EXPECT_EQ(sql_state_in("connection to server on socket \"/run/x\" failed: FATAL:  3D000\n"),
            "3D000");
}

TEST(SqlState, IsNotInWordsOfLibpq) {
  for (const char* message :
       {"", "\n", "28P01", "FATAL: 28P01", "could not connect: Connection refused",
        "the end is  lower", "FATAL:  28p01"}) {
    EXPECT_EQ(sql_state_in(message), "") << message;
  }
}

struct StateCase {
  const char* state;
  ErrorCode code;
  const char* words;
};

// PostgreSQL 15, appendix A: the codes' conditions.
TEST(SqlState, IsToldByWhatCanBeDone) {
  for (const StateCase& c : {
           StateCase{"28P01", ErrorCode::kRefused, "check its password"},  // invalid_password
           {"28000", ErrorCode::kRefused, "does not let the role in"},
           {"42501", ErrorCode::kRefused, "tidewaiter ledger schema"},   // insufficient_privilege
           {"42P01", ErrorCode::kRefused, "lacks a table"},              // undefined_table
           {"3F000", ErrorCode::kRefused, "lacks the ledger's schema"},  // invalid_schema_name
           {"23505", ErrorCode::kRefused, "there already"},              // unique_violation
           {"P0001", ErrorCode::kRefused, "append-only"},                // raise_exception
           {"25006", ErrorCode::kUnavailable, "standby"},       // read_only_sql_transaction
           {"53100", ErrorCode::kUnavailable, "disk is full"},  // disk_full
           {"53300", ErrorCode::kUnavailable, "lacks room or connections"},
           {"57014", ErrorCode::kUnavailable, "broke the statement off"},  // query_canceled
           {"57P01", ErrorCode::kUnavailable, "stopped or started"},       // admin_shutdown
           {"40001", ErrorCode::kUnavailable, "took the transaction back"},
           {"08006", ErrorCode::kUnavailable, "lost"},  // connection_failure
           {"22021", ErrorCode::kInvalidInput,
            "cannot keep a value"},                                 // character_not_in_repertoire
           {"22P02", ErrorCode::kCorruption, "verify the ledger"},  // invalid_text_representation
           {"XX001", ErrorCode::kCorruption, "damaged"},            // data_corrupted
           {"42703", ErrorCode::kCorruption, "not as this program made them"},  // undefined_column
       }) {
    const Error error = sql_state_error(c.state, "commit to the ledger");
    EXPECT_EQ(error.code, c.code) << c.state;
    EXPECT_THAT(error.message, HasSubstr(c.words)) << c.state;
    EXPECT_THAT(error.message, HasSubstr("cannot commit to the ledger: ")) << c.state;
    EXPECT_THAT(error.message, HasSubstr(std::string("(SQLSTATE ") + c.state + ")"));
  }
}

}  // namespace
}  // namespace tidewaiter
