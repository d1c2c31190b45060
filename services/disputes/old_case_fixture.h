// Rows of an old ledger for the tests of the import.
#pragma once

#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::disputes::testing {

// `text` as "2026-03-02 10:00" in Shanghai.
google::protobuf::Timestamp Stamp(const char* text);

// A case of 2024 that the ledger has as closed, with two owners.
v1::ImportDisputesRequest OldCase();

// Each state with the content it wants, out of the old case.
v1::ImportDisputesRequest OldCaseIn(v1::Dispute::State state);

}  // namespace pingan::disputes::testing
