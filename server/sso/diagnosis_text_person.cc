// What is wrong with the person an answer speaks of, and with answers that nobody asked for.

#include "server/sso/diagnosis_text.h"

namespace gatehouse::sso {
namespace {

using enum Diagnosis;

constexpr DiagnosisRow rows[] = {
    {email_missing,
     {"email_missing", "mandatory_attribute_missing",
      "Your company's sign-in service did not tell your e-mail address.",
      "No e-mail address was found: not in the attribute that is mapped to email, not under the "
      "usual names (email, mail, emailaddress, urn:oid:0.9.2342.19200300.100.1.3), not in a NameID "
      "of that format, not in the claim email.",
      "At the provider, send the attribute `email` with the address. If it has another name there, "
      "map it in the connection: email=NAME."}},
    {email_malformed,
     {"email_malformed", "mandatory_attribute_missing",
      "Your company's sign-in service told an e-mail address that is none.",
      "What was sent as e-mail address is no address: a user name, a distinguished name, several "
      "in one value.",
      "At the provider, take the directory's mail field for `email`, not the login name."}},
    {email_unverified,
     {"email_unverified", "access_denied", "Your e-mail address has to be confirmed first.",
      "The provider does not say that this person's address is verified. Social login believes "
      "verified addresses only, for anybody can enter somebody else's.",
      "Have the person verify the address at the provider, or sign in by e-mail. People of a "
      "company whose connection asserts their addresses are believed for the verified domains of "
      "its organization."}},
    {domain_needs_other_connection,
     {"domain_needs_other_connection", "invalid_user_domain",
      "Please sign in by your company's own sign-in service.",
      "The domain of this address belongs to an organization that signs in by its own connection. "
      "Another way in is not accepted for it.",
      "Begin again with the e-mail address on the sign-in page. If this way in should count, "
      "assign the domain to it: `gatehouse admin connection domains`."}},
    {provisioning_off,
     {"provisioning_off", "access_denied",
      "You have no account here yet. Please ask your administrator.",
      "The person is not known, or is no member of the connection's organization, and the "
      "connection makes neither users nor members by itself (just-in-time provisioning is off).",
      "Invite the person, or switch on just-in-time provisioning: `gatehouse admin connection "
      "update --jit on`."}},
    {seats_taken,
     {"seats_taken", "access_denied",
      "Your organization has no seat left. Please ask your administrator.",
      "The organization or the environment has its full number of users, so no new one is made.",
      "Remove members who have left, or raise the number."}},
    {user_disabled,
     {"user_disabled", "user_not_active",
      "Your account is switched off. Please ask your administrator.",
      "The person is known, and the account is switched off. No provider can overrule that.",
      "Switch the account on again. If a directory switched it off, assign the person there "
      "again."}},
    {not_a_member,
     {"not_a_member", "access_denied",
      "You do not belong to this organization any more. Please ask your administrator.",
      "The person was a member of the connection's organization, and the membership was ended. A "
      "sign-in does not bring it back.",
      "Make the membership active again: the portal, the API, or `gatehouse admin organizations "
      "add-member`. If a directory ended it, assign the person there again."}},
    {idp_initiated_refused,
     {"idp_initiated_refused", "access_denied",
      "Please begin at the application, not at your company's sign-in page.",
      "The provider sent an answer that nobody asked for (a click on its app tile), and the "
      "connection does not accept that.",
      "Let people begin at the application: give the provider's tile the application's sign-in "
      "address (a bookmark), or accept such sign-ins: `gatehouse admin connection update "
      "--idp-initiated on`."}},
    {initiate_login_missing,
     {"initiate_login_missing", "access_denied",
      "Please begin at the application, not at your company's sign-in page.",
      "The provider's answer is in order, and no application says where sign-ins begin: it is "
      "never signed in by such an answer directly, but sent there to ask for itself.",
      "Set the application's initiate-login URI: `gatehouse admin applications set ID "
      "initiate_login_uri=https://…`."}},
};

}  // namespace

std::span<const DiagnosisRow> person_texts() { return rows; }

}  // namespace gatehouse::sso
