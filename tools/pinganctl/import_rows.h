// What every import has in common: progress, a report on each row that is refused, the counts.
#pragma once

#include "tools/pinganctl/input_file.h"
#include "tools/pinganctl/options.h"
#include "tools/pinganctl/upload/rows.h"

namespace pingan::ctl {

// Sends all rows of `source`, which reads `input`. OK if every row is stored. Errors without a
// reason: FAILED_PRECONDITION if some are refused, INVALID_ARGUMENT if there is none, UNAVAILABLE
// if it was stopped before the end. With a reason: the service refuses the import as a whole.
Status ImportRows(const Options& options, const InputFile& input, const SendRows& send,
                  RowSource& source);

}  // namespace pingan::ctl
