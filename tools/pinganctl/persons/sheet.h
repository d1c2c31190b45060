// Persons as lines of the CSV that columns.h reads.
#pragma once

#include <cstdio>

#include "pingan/population/v1/population.pb.h"

namespace pingan::ctl {

// The first line: with a mark, so that spreadsheets read it as UTF-8.
void PrintSheetHead(std::FILE* out);

// What the head names of a person: particulars, the last residence, the first job.
void PrintSheetRow(const population::v1::ImportPersonsRequest& row, std::FILE* out);

}  // namespace pingan::ctl
