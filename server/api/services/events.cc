// EventsService: what happened in the environment. Custom events are for consoles, not for clients
// of the API, and have no function here.

#include "scalekit/v1/events/events.pb.h"
#include "server/api/convert.h"
#include "server/api/message_bytes.h"
#include "server/api/services/all.h"
#include "server/events/event.h"

namespace gatehouse::api {
namespace {

namespace wire = scalekit::v1::events;
using storage::Transaction;

constexpr PageLimits event_pages{.standard = 10, .max = 100};

// An id that the event is about, from the first of these filters that is set.
Result<std::optional<std::string>, Error> mention_of(const wire::EventFilter& filter) {
  std::optional<std::string> mention;
  for (const auto* id :
       {&filter.auth_request_id(), &filter.connection_id(), &filter.connected_account_id(),
        &filter.interceptor_id(), &filter.interceptor_status(), &filter.interceptor_decision()}) {
    if (id->empty()) continue;
    if (mention.has_value()) {
      return refusal(ErrorCode::invalid_argument,
                     "a filter names one of auth_request_id, connection_id, connected_account_id "
                     "and the interceptor's fields",
                     "filter");
    }
    mention = *id;
  }
  return mention;
}

Result<events::EventFilter, Error> decode_filter(const wire::EventFilter& message) {
  events::EventFilter filter;
  filter.types = {message.event_types().begin(), message.event_types().end()};
  if (message.has_start_time()) {
    filter.after = TRY(to_instant(message.start_time(), "filter.start_time"));
  }
  if (message.has_end_time()) {
    filter.before = TRY(to_instant(message.end_time(), "filter.end_time"));
  }
  if (!message.organization_id().empty()) {
    filter.organization = TRY(parse_id<OrgId>(message.organization_id(), "filter.organization_id"));
  }
  if (message.source() == wire::SCALEKIT) filter.source = events::Source::product;
  if (message.source() == wire::DIR_SYNC) filter.source = events::Source::directory_sync;
  filter.mentions = TRY(mention_of(message));
  return filter;
}

Result<Unit, Error> encode_event(EnvironmentId environment, const events::Event& event,
                                 wire::ScalekitEvent& message) {
  message.set_spec_version(std::string(events::spec_version));
  message.set_id(event.id.text());
  message.set_type(event.type);
  *message.mutable_occurred_at() = to_timestamp(event.occurred_at);
  message.set_environment_id(environment.text());
  if (event.organization.has_value()) message.set_organization_id(event.organization->text());
  wire::ObjectType object = wire::OBJECT_TYPE_UNSPECIFIED;
  if (wire::ObjectType_Parse(event.object, &object)) message.set_object(object);
  message.set_display_name(events::display_name(event.type));
  const auto parsed = parse_json(event.data, *message.mutable_data(), UnknownFields::refused);
  if (!parsed.ok()) return Error(ErrorCode::internal, "the data of " + event.id.text());
  return Unit{};
}

// What both lists share: a page of events, in `response`.
template <class Request, class Response>
Result<Page<events::Event>, Error> list(const Call& call, const Request& request,
                                        events::EventFilter::Total total, Response& response) {
  events::EventFilter filter = TRY(decode_filter(request.filter()));
  filter.total = total;
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), event_pages));
  auto page = TRY(call.read([&](Transaction& transaction) {
    return events::list(transaction, call.environment(), filter, query);
  }));
  for (const events::Event& event : page.items) {
    TRY(encode_event(call.environment(), event, *response.add_events()));
  }
  set_page_tokens(response, page);
  return page;
}

Result<wire::ListEventsResponse, Error> list_events(const Call& call,
                                                    const wire::ListEventsRequest& request) {
  wire::ListEventsResponse response;
  const auto page = TRY(list(call, request, events::EventFilter::Total::counted, response));
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

Result<wire::ListEventsPaginatedResponse, Error> list_events_paginated(
    const Call& call, const wire::ListEventsPaginatedRequest& request) {
  wire::ListEventsPaginatedResponse response;
  TRY(list(call, request, events::EventFilter::Total::left_out, response));
  return response;
}

}  // namespace

void add_events_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.events.EventsService");
  service.slow_read("ListEvents", list_events);
  service.slow_read("ListEventsPaginated", list_events_paginated);
}

}  // namespace gatehouse::api
