// Context: the circumstances of one act: when, where, by whom, until when. It is the first argument
// of every act and is made at the edges only (a request, a job, a command).

#pragma once

#include <string>

#include "server/core/id.h"
#include "server/core/time.h"

namespace gatehouse {

class Story;

enum class ActorType {
  anonymous,  // nobody has proved anything yet
  user,       // id: usr_…
  client,     // id: the client_id
  operator_,  // a person at the server's shell
  system,     // jobs
};
[[nodiscard]] std::string_view actor_type_name(ActorType type);

struct Actor {
  ActorType type = ActorType::anonymous;
  std::string id;
};

struct Context {
  RequestId request;
  Instant now;
  Deadline deadline;
  EnvironmentId environment;
  Actor actor;
  std::string client_address;  // textual IP address of the caller; empty for jobs and commands
  std::string user_agent;      // printable ASCII, at most limits::user_agent_bytes_max
  Story* story = nullptr;      // not owned; lives as long as the request; may be absent
};

}  // namespace gatehouse
