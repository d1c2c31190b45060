// Writes the holidays and make-up workdays of the State Council's yearly notices, in the format of
// common/calendar/working_days.h:
//
//   npm ci && node import.js > ../../../common/calendar/data/holidays.tsv
"use strict";
const fs = require("fs");
const path = require("path");

const dist = path.dirname(require.resolve("chinese-days"));
const { version } = JSON.parse(fs.readFileSync(path.join(dist, "..", "package.json"), "utf8"));
const data = JSON.parse(fs.readFileSync(path.join(dist, "chinese-days.json"), "utf8"));

// Values read "English name,Chinese name,days of the festival".
function rows(days, kind) {
  return Object.entries(days).map(([date, value]) => [date, kind, value.split(",")[1]]);
}

const days = [...rows(data.holidays, "holiday"), ...rows(data.workdays, "workday")].sort();
const header = [
  "# source: chinese-days (npm), the State Council's yearly notices; licence MIT",
  `# version: chinese-days-${version}`,
];
process.stdout.write([...header, ...days.map((row) => row.join("\t")), ""].join("\n"));
