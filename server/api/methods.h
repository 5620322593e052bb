// Methods: the table of all calls of the API. What a method is called, what it takes, who may call
// it and where it lives in HTTP stands in proto/; a service adds the functions.
//
//   void add_user_service(Methods& methods) {
//     auto service = methods.service("scalekit.v1.users.UserService");
//     service.read("GetUser", get_user);
//     service.write("DeleteUser", delete_user);
//   }
//
// A method without a function answers UNIMPLEMENTED, and is listed as such in the documents.

#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/api/call.h"
#include "server/api/contract.h"
#include "server/http/route.h"

namespace gatehouse::api {

using google::protobuf::Message;

// A handler: decodes ids, runs one transaction, encodes. See Methods::Service.
template <class Response, class Request>
using Handler = Result<Response, Error> (*)(const Call&, const Request&);

struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  std::string path;                      // "/scalekit.v1.users.UserService/GetUser"
  std::uint32_t callers = 0;             // the bits of AuthenticationType
  std::vector<std::string> permissions;  // what a session needs, by the contract's names
  // Writes wait for the disk, on a worker.
  http::RunOn run_on = http::RunOn::pooled;
  bool is_read = false;
  // Whether a signed-in person may call it: only where the function says that it knows what people
  // may see (people_too), whatever the contract allows.
  bool admits_people = false;
  // Prototypes, owned by protobuf; null where nothing is generated because nothing is implemented.
  const Message* request = nullptr;
  const Message* response = nullptr;
  // Empty: unimplemented.
  std::function<Result<Unit, Error>(const Call&, const Message&, Message&)> invoke;
};

class Methods {
 public:
  // Every method of the API's services in proto/, none with a function yet. The contract outlives
  // this.
  explicit Methods(const Contract& contract);

  class Service {
   public:
    // Reads at most a page from the database.
    template <class Response, class Request>
    void read(std::string_view name, Handler<Response, Request> handler) {
      add(name, handler, http::RunOn::read, Effect::reads);
    }
    // Reads so much that other requests should not wait for it.
    template <class Response, class Request>
    void slow_read(std::string_view name, Handler<Response, Request> handler) {
      add(name, handler, http::RunOn::pooled, Effect::reads);
    }
    template <class Response, class Request>
    void write(std::string_view name, Handler<Response, Request> handler) {
      add(name, handler, http::RunOn::pooled, Effect::writes);
    }

    // Lets signed-in people call a method that was added, if the contract has SESSION or USER for
    // it: the function itself checks what of it is theirs.
    void people_too(std::string_view name) { methods_.find_own(name_, name).admits_people = true; }

   private:
    friend class Methods;
    Service(Methods& methods, std::string_view name) : methods_(methods), name_(name) {}

    enum class Effect { reads, writes };

    template <class Response, class Request>
    void add(std::string_view name, Handler<Response, Request> handler, http::RunOn run_on,
             Effect effect) {
      Method& method = methods_.find_own(name_, name);
      ENSURE(method.request->GetDescriptor() == Request::descriptor());
      ENSURE(method.response->GetDescriptor() == Response::descriptor());
      method.run_on = run_on;
      method.is_read = effect == Effect::reads;
      method.invoke = [handler](const Call& call, const Message& request,
                                Message& response) -> Result<Unit, Error> {
        Response made = TRY(handler(call, static_cast<const Request&>(request)));
        static_cast<Response&>(response).Swap(&made);
        return Unit{};
      };
    }

    Methods& methods_;
    std::string name_;
  };
  // ENSUREs that proto/ has a service of that full name, as its functions do for their methods.
  [[nodiscard]] Service service(std::string_view full_name);

  // nullptr: there is no such method. By path, with its leading slash.
  [[nodiscard]] const Method* find(std::string_view path) const;
  // Ordered by path.
  [[nodiscard]] std::vector<const Method*> all() const;

 private:
  [[nodiscard]] Method& find_own(std::string_view service, std::string_view method);

  std::map<std::string, Method, std::less<>> by_path_;
};

// The table with every service's functions (services/all.h).
[[nodiscard]] Methods all_methods(const Contract& contract);

}  // namespace gatehouse::api
