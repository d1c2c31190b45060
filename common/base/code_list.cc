#include "common/base/code_list.h"

#include "common/base/tsv.h"

namespace pingan {

common::v1::CodeList ParseCodeList(std::string_view text) {
  Tsv file = ParseTsv(text, "codes");
  common::v1::CodeList list;
  list.set_name(file.header["name"]);
  list.set_version(file.header["version"]);
  list.set_source(file.header["source"]);
  for (auto& [line, cells] : file.rows) {
    cells.resize(6);
    common::v1::Code& code = *list.add_codes();
    code.set_code(cells[0]);
    code.set_label_zh(cells[1]);
    code.set_label_en(cells[2]);
    code.set_parent(cells[3]);
    code.set_valid_from(cells[4]);
    code.set_valid_to(cells[5]);
  }
  return list;
}

}  // namespace pingan
