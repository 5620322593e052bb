// gatehouse admin connection domains: for whose addresses a connection is.

#include <algorithm>

#include "server/app/commands/connection_view.h"
#include "server/app/commands/connections.h"
#include "server/connections/connection.h"

namespace gatehouse::app::commands {
namespace {

using connections::Connection;
using storage::Transaction;

// All that an organization may have, see limits::domains_per_organization_max.
constexpr int domains_max = 200;

struct Found {
  std::vector<orgs::Domain> all;   // of the organization, newest first
  std::vector<orgs::Domain> ours;  // those that the connection is for
};

Result<Found, Error> find_domains(Transaction& transaction, EnvironmentId environment,
                                  const Connection& connection) {
  Found found;
  found.all =
      TRY(orgs::list_domains(transaction, environment, *connection.organization,
                             {.type = orgs::DomainType::organization, .page_size = domains_max}));
  found.ours = TRY(connections::list_domains(transaction, environment, connection));
  return found;
}

const orgs::Domain* named(const std::vector<orgs::Domain>& domains, std::string_view name) {
  const auto parsed = orgs::DomainName::parse(name);
  const auto found = std::ranges::find_if(domains, [&](const orgs::Domain& domain) {
    return parsed.has_value() && domain.name == parsed->text();
  });
  return found == domains.end() ? nullptr : &*found;
}

Result<Unit, Error> add(Act& act, Transaction& transaction, const Connection& connection,
                        const std::string& name) {
  const EnvironmentId environment = act.environment().id;
  Found found = TRY(find_domains(transaction, environment, connection));
  if (named(found.all, name) == nullptr) {
    TRY(orgs::create_domain(transaction, environment, *connection.organization, act.context,
                            act.random, {.name = name}));
    found = TRY(find_domains(transaction, environment, connection));
  }
  // A connection that is for every domain is for this one too.
  const orgs::Domain* domain = named(found.all, name);
  if (domain == nullptr || named(found.ours, name) != nullptr) return Unit{};
  return connections::add_domain(transaction, environment, *connection.organization, act.context,
                                 act.random, connection.id, domain->id);
}

Result<Unit, Error> restrict(Act& act, Transaction& transaction, const Connection& connection,
                             const std::vector<std::string>& names) {
  const EnvironmentId environment = act.environment().id;
  const Found found = TRY(find_domains(transaction, environment, connection));
  std::vector<DomainId> ids;
  for (const std::string& name : names) {
    const orgs::Domain* domain = named(found.all, name);
    if (domain == nullptr) {
      return Error(ErrorCode::not_found, "the organization has no domain " + name +
                                             "; --add makes it one of its domains");
    }
    ids.push_back(domain->id);
  }
  return connections::assign_domains(transaction, environment, *connection.organization,
                                     act.context, act.random, connection.id, ids);
}

Json describe_domains(const Found& found) {
  Json::Array items;
  for (const orgs::Domain& domain : found.all) {
    const bool leads_here = named(found.ours, domain.name) != nullptr;
    items.push_back(
        Json(Json::Object{{"domain", text_json(domain.name)},
                          {"status", text_json(orgs::domain_statuses.name(domain.status))},
                          {"leads_here", Json(leads_here && domain.is_verified())},
                          {"id", text_json(domain.id.text())}}));
  }
  return Json(std::move(items));
}

Result<Answer, Error> domains(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const bool is_change = values.has("--add") || values.has("--only") || values.has("--all");
  const auto work = [&](Transaction& transaction) -> Result<Found, Error> {
    const auto connection = TRY(connection_named(transaction, environment, values.text("id")));
    if (!connection.organization.has_value()) {
      return Error(ErrorCode::failed_precondition,
                   "the connection is offered to everybody, whatever their domain");
    }
    for (const std::string& name : values.all("--add")) {
      TRY(add(act, transaction, connection, name));
    }
    if (values.has("--only") || values.has("--all")) {
      TRY(restrict(act, transaction, connection, values.all("--only")));
    }
    return find_domains(transaction, environment, connection);
  };
  if (values.has("--only") && values.has("--all")) {
    return Error(ErrorCode::invalid_argument, "name --only or --all, not both");
  }
  // A list alone changes nothing, and needs no right to write.
  auto found = is_change ? act.write(work) : act.read(work);
  if (!found.ok()) return found.error();
  return Answer{.document = describe_domains(found.value()),
                .columns = {{"domain", "DOMAIN"},
                            {"status", "STATUS"},
                            {"leads_here", "LEADS HERE"},
                            {"id", "ID"}},
                .nothing =
                    "The organization has no domain, so no address leads here. Add one:"
                    " gatehouse admin connection domains " +
                    values.text("id") + " --add example.com"};
}

}  // namespace

std::vector<Verb> connection_domain_verbs() {
  const auto values = Argument::Takes::values;
  return {{"connection",
           "domains",
           "List the domains whose addresses lead to it, or change them",
           {operand("id", "The connection's id: conn_…"),
            option("--add",
                   "Make this a domain of the organization, trusted at once; may be"
                   " repeated",
                   values),
            option("--only", "Of its domains, only those that are named; may be repeated", values),
            flag("--all", "All domains of the organization")},
           domains}};
}

}  // namespace gatehouse::app::commands
