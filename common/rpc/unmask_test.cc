#include "common/rpc/unmask.h"

#include "common/rpc/mask.h"
#include "common/testing/matchers.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::rpc {
namespace {

namespace disputes = disputes::v1;
namespace v1 = population::v1;
using Names = std::vector<std::string>;
using testing::NamesField;

v1::Person Named(const Names& former_names) {
  v1::Person person;
  for (const auto& name : former_names) person.add_former_names(name);
  return person;
}

v1::UpdatePersonRequest Update(const v1::Person& person, const char* path) {
  v1::UpdatePersonRequest request;
  *request.mutable_person() = person;
  request.mutable_update_mask()->add_paths(path);
  return request;
}

TEST(Unmask, AnItemOfAListIsWhatItsMaskStandsFor) {
  const v1::Person stored = Named({"张三", "李四", "王小五", "张六"});
  const struct {
    Names sent, meant;
    int fails = -1;
  } kCases[] = {
      {{"张*", "李*", "王**", "张*"}, {"张三", "李四", "王小五", "张六"}},
      {{"李*", "王**"}, {"李四", "王小五"}},
      {{"王**", "李*"}, {"王小五", "李四"}},
      {{"赵七", "王**"}, {"赵七", "王小五"}},
      {{"张*", "李*", "张*"}, {"张三", "李四", "张六"}},
      {{"张* ", "李*", "\u3000张*"}, {"张三", "李四", "张六"}},
      {{"李*", "张*"}, {}, 1},         // which of the two?
      {{"李*", "李*"}, {}, 0},         // there is one
      {{"钱*"}, {}, 0},                // of nothing
      {{"张*", "张*", "张*"}, {}, 0},  // there are two
      {{}, {}},
  };
  for (const auto& row : kCases) {
    auto request = Update(Named(row.sent), "former_names");
    const Status status = Unmask(stored, &request);
    if (row.fails >= 0) {
      EXPECT_THAT(status, NamesField("person.former_names[" + std::to_string(row.fails) + "]"));
      continue;
    }
    EXPECT_OK(status);
    const auto& names = request.person().former_names();
    EXPECT_EQ(Names(names.begin(), names.end()), row.meant);
  }
}

// Who was shown masks and tries a text beside one is not told whether it was right.
TEST(Unmask, AGuessBesideAMaskTellsNothing) {
  const v1::Person stored = Named({"张三", "李四", "张六"});
  for (const char* guess : {"张三", "张五", "李四", "李五"}) {
    auto request = Update(Named({guess, "张*"}), "former_names");
    EXPECT_THAT(Unmask(stored, &request), NamesField("person.former_names[1]")) << guess;
    request = Update(Named({guess, "李*"}), "former_names");
    EXPECT_OK(Unmask(stored, &request)) << guess;
    EXPECT_EQ(request.person().former_names(1), "李四");
  }
}

TEST(Unmask, OneFieldIsThatOfTheRecord) {
  v1::Person stored;
  stored.set_phone("13800000001");
  for (const auto& [sent, meant] :
       {std::pair("138****0001", "13800000001"), {"13900000000", "13900000000"}, {"", ""}}) {
    v1::Person person;
    person.set_phone(sent);
    auto request = Update(person, "phone");
    EXPECT_OK(Unmask(stored, &request));
    EXPECT_EQ(request.person().phone(), meant);
  }
  v1::Person person;
  person.set_phone("138****0002");
  auto request = Update(person, "phone");
  EXPECT_THAT(Unmask(stored, &request), NamesField("person.phone"));
  request = Update(person, "display_name");
  EXPECT_OK(Unmask(stored, &request));
  EXPECT_EQ(request.person().phone(), "") << "which the update does not name";
}

disputes::Dispute Stored() {
  disputes::Dispute stored;
  for (const char* phone : {"13800000001", "13800000002", "13800000003"}) {
    disputes::Party& party = *stored.add_parties();
    party.set_id(std::to_string(stored.parties_size()));
    party.set_kind(disputes::Party::PERSON);
    party.set_display_name("张三");
    party.set_phone(phone);
    party.add_representatives()->set_phone(phone);
  }
  return stored;
}

disputes::UpdateDisputeRequest UpdateOf(disputes::Dispute dispute) {
  disputes::UpdateDisputeRequest request;
  Mask(&dispute);
  *request.mutable_dispute() = std::move(dispute);
  request.mutable_update_mask()->add_paths("parties");
  return request;
}

TEST(Unmask, AMessageWithAnIdIsTheOneOfTheId) {
  const disputes::Dispute stored = Stored();
  auto request = UpdateOf(stored);
  const auto parties = [&] { return request.mutable_dispute()->mutable_parties(); };
  ASSERT_OK(Unmask(stored, &request));
  EXPECT_EQ(request.dispute().SerializeAsString(), stored.SerializeAsString());

  request = UpdateOf(stored);
  parties()->DeleteSubrange(0, 1);
  parties()->SwapElements(0, 1);
  parties()->at(0).set_document_number("41160219900101001X");             // learnt
  parties()->at(1).set_phone("13900000000");                              // changed
  parties()->at(1).mutable_representatives(0)->set_display_name("李四");  // likewise
  ASSERT_OK(Unmask(stored, &request));
  EXPECT_EQ(parties()->at(0).phone(), "13800000003");
  EXPECT_EQ(parties()->at(0).display_name(), "张三");
  EXPECT_EQ(parties()->at(0).representatives(0).phone(), "13800000003");
  EXPECT_EQ(parties()->at(1).phone(), "13900000000");
  EXPECT_EQ(parties()->at(1).display_name(), "张三");
  EXPECT_EQ(parties()->at(1).representatives(0).phone(), "13800000002");
}

TEST(Unmask, AMessageWithoutAnIdIsTheOneThatItsMasksFit) {
  disputes::Dispute stored = Stored();
  disputes::Party& party = *stored.mutable_parties(0);
  for (const char* phone : {"13800000004", "13811110004", "13800000005"}) {
    disputes::Representative& another = *party.add_representatives();
    another.set_display_name("王五");
    another.set_phone(phone);
  }
  auto request = UpdateOf(stored);
  const auto sent = [&] {
    return request.mutable_dispute()->mutable_parties(0)->mutable_representatives();
  };
  sent()->SwapElements(0, 3);
  ASSERT_OK(Unmask(stored, &request));
  EXPECT_EQ(sent()->at(0).phone(), "13800000005");
  EXPECT_EQ(sent()->at(1).phone(), "13800000004") << "as many as look alike, in their order";
  EXPECT_EQ(sent()->at(2).phone(), "13811110004");
  EXPECT_EQ(sent()->at(3).phone(), "13800000001");

  request = UpdateOf(stored);
  sent()->at(3).set_display_name("赵六");
  ASSERT_OK(Unmask(stored, &request));
  EXPECT_EQ(sent()->at(3).phone(), "13800000005");

  request = UpdateOf(stored);
  sent()->DeleteSubrange(1, 1);  // which of the two?
  EXPECT_THAT(Unmask(stored, &request),
              NamesField("dispute.parties[0].representatives[1].display_name"));

  request = UpdateOf(stored);
  sent()->at(3).set_phone("13900000000");  // of whom it fits the others came back
  ASSERT_OK(Unmask(stored, &request));
  EXPECT_EQ(sent()->at(3).display_name(), "王五");

  request = UpdateOf(stored);
  sent()->at(0).set_display_name("王*");  // which is no mask of his
  sent()->at(0).set_phone("13900000000");
  EXPECT_THAT(Unmask(stored, &request),
              NamesField("dispute.parties[0].representatives[0].display_name"));
}

TEST(Unmask, AMaskNeedsTheIdOfWhatItStandsFor) {
  const disputes::Dispute stored = Stored();
  auto request = UpdateOf(stored);
  const auto parties = [&] { return request.mutable_dispute()->mutable_parties(); };
  parties()->at(1).mutable_representatives(0)->set_phone("138****0009");
  EXPECT_THAT(Unmask(stored, &request), NamesField("dispute.parties[1].representatives[0].phone"));

  // Another's number for a party that is new, beside one who is named in clear.
  request = UpdateOf(stored);
  parties()->at(0).set_display_name("张三丰");
  parties()->at(0).clear_phone();
  parties()->at(0).clear_representatives();
  disputes::Party& other = *parties()->Add();
  other.set_display_name("钱七");
  other.set_phone("138****0001");
  EXPECT_THAT(Unmask(stored, &request), NamesField("dispute.parties[3].phone"));
  other.set_id("4");
  EXPECT_THAT(Unmask(stored, &request), NamesField("dispute.parties[3].phone"));

  disputes::Dispute alone = stored;
  alone.mutable_parties()->DeleteSubrange(1, 2);
  parties()->DeleteSubrange(1, 2);
  EXPECT_THAT(Unmask(alone, &request), NamesField("dispute.parties[1].phone"));
  parties()->at(1).clear_id();
  EXPECT_THAT(Unmask(alone, &request), NamesField("dispute.parties[1].phone"));
}

}  // namespace
}  // namespace pingan::rpc
