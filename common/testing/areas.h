// A small made-up city for tests of rules: two counties, three villages.
#pragma once

namespace pingan::testing {

// As area::Tree::Parse reads it.
inline constexpr char kAreas[] =
    "# source: synthetic\n"
    "# date: 2026-01-01\n"
    "410000000000\t河南省\n"
    "411600000000\t周口市\n"
    "411602000000\t川汇区\n"
    "411602001000\t甲街道\n"
    "411602001001\t一村\n"
    "411602001002\t二村\n"
    "411603000000\t淮阳区\n"
    "411603100000\t乙镇\n"
    "411603100200\t三村\n";

}  // namespace pingan::testing
